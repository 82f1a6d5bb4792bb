import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { findProgram } from '../support/local-host.ts';
import { usePeople } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

/** A host that goes down as soon as it is to leave a process running, while the file "bomb" is there. */
async function setup(test: TestContext) {
  const who = person(test);
  const bomb = who.writeFile('bomb', '');
  const setsid = findProgram('setsid') ?? '';
  const shim = who.writeFile('bin/setsid', `#!/bin/sh\n[ ! -e ${bomb} ] || kill -KILL 0\nexec ${setsid} "$@"\n`);
  chmodSync(shim, 0o755);
  const path = `${join(who.folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const host = await openSmallHost(test, who, { env: { PATH: path } });
  host.clear(who);
  return { who, host, comeUp: () => rmSync(bomb) };
}

describe.concurrent('a host that goes down between the claim of a start and its process', { timeout: 120_000 }, () => {
  it('leaves a blocked run, which nobody but a person takes on', async (test) => {
    const { who, host, comeUp } = await setup(test);
    const launched = await who.run(['launch', ...host.stubborn]);
    comeUp();
    expect(launched.code).toBe(3);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'blocked', outcome: null, startedAt: null, controller: null });
    expect(run.message).toContain('is for a person to say');
    expect(run.message).toContain(`fleet halt ${run.id}`);
    expect(launched.stderr).toContain(run.message);

    expect((await who.run(['resume'])).stdout).toContain('no run is interrupted');
    expect((await who.run(['resume', run.id])).code).toBe(3);
    expect(who.newest()).toMatchObject({ state: 'blocked', outcome: null });
    expect(host.starts(run.id)).toEqual([]);

    expect((await who.run(['halt'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted' }, startedAt: null });
    expect(host.starts(run.id)).toEqual([]);
    expect(host.remains(run.id)).toEqual([]);
  });

  it('leaves a command of the playbook undone: NO-GO, and it is not tried again', async (test) => {
    const { who, host, comeUp } = await setup(test);
    const launched = await who.run(['launch', ...host.everyPhase]);
    comeUp();
    expect(launched.code).toBe(3);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'failed', verdict: 'NO-GO', outcome: { reason: 'prepare-failed' }, startedAt: null });
    expect(run.checks.find(({ name }) => name === 'lay out')).toMatchObject({
      result: 'error',
      observed: 'the host went down before it began, or while it did',
    });
    expect(host.starts(run.id)).toEqual([]);
    expect(host.remains(run.id)).toEqual([]);
  });
});
