import { expect, test } from 'vitest';
import { parseAddWords } from '../../src/cli/queue/add-flags.ts';

test.each(['--priority', '--retries'])('%s that no queue needs is refused', async (flag) => {
  await expect(parseAddWords(['trm', '--host', 'tpu1', flag, '99999999999999999999'])).rejects.toThrow(
    'less than or equal to 1000000',
  );
});
