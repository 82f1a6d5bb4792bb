import { describe, expect, it } from 'vitest';
import { usePeople } from '../support/person.ts';
import { countTrainers, readTrainingFile, rowsOf } from '../support/pretend-training.ts';
import { explainMissingSshd } from '../support/sshd.ts';
import { openSshdHost } from '../support/sshd-host.ts';

const { person } = usePeople();

describe.skipIf(explainMissingSshd() !== null)('an OpenSSH server that allows one channel at a time (MaxSessions 1)', () => {
  it('gets a launch to its end', async (test) => {
    const { home, env } = await openSshdHost(test, { hosts: { box: { PRETEND_SECONDS: '2' } }, settings: ['MaxSessions 1'] });
    const who = person(test, env);
    expect(await who.run(['launch', 'prod-50k', '--host', 'box'])).toMatchObject({ code: 0 });
    const { id, outcome } = who.newest();
    expect(outcome).toMatchObject({ result: 'succeeded' });
    expect(countTrainers(home)).toBe(1);
    expect(rowsOf(await who.ask(['metrics', id, '--source', 'training']))).toEqual(readTrainingFile(home));
  });
});
