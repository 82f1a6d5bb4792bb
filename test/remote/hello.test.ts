import { describe, test } from 'vitest';
import { sayHello } from '../../src/remote/hello.ts';
import { openLocalHost } from '../support/local-host.ts';
import { eachShell } from './shells.ts';

describe.concurrent('hello', () => {
  eachShell((shell) => {
    test('a host says what a run needs of it', async (context) => {
      const host = openLocalHost(context, { shell });
      const hello = await host.call(sayHello());
      context.expect(hello).toMatchObject({ sessionTool: 'setsid', home: host.home, writable: true, proc: true });
      context.expect(hello.incarnation.split(' ')).toHaveLength(5);
    });
  });
});
