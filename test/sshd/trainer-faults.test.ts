import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { firstOf } from '../support/full.ts';
import { usePeople } from '../support/person.ts';
import { explainMissingSshd } from '../support/sshd.ts';
import { openSshdHost } from '../support/sshd-host.ts';
import { toldOf, trainerFaults } from '../support/trainer-faults.ts';

const { person } = usePeople();

/** The others say the same of OpenSSH as of an embedded host: each of these ends in another way. */
const chosen = ['killed', 'hang', 'linger'];
const faults = trainerFaults.filter(({ fault }) => chosen.includes(fault.split('@')[0] ?? ''));

/** The playbook of that server halts quickly by itself. */
function change(file: string, changes: Record<string, string>): void {
  const changed = Object.entries(changes).reduce((text, [from, to]) => text.replace(from, to), readFileSync(file, 'utf8'));
  writeFileSync(file, changed);
}

describe.skipIf(explainMissingSshd() !== null)(
  'over OpenSSH, a fault of the trainer',
  { concurrent: true, timeout: 120_000 },
  () => {
    it.for(firstOf(faults, 1))('$fault ends as it should, and is told', async (each, test) => {
      const { fault, changes, seconds, outcome, saysWithoutKernel, says, health } = each;
      const hosts = { box: { PRETEND_FAULT: fault, PRETEND_SECONDS: seconds ?? '4' } };
      const { env } = await openSshdHost(test, { hosts });
      const who = person(test, env);
      change(join(env.FLEET_PLAYBOOKS, 'prod-50k.yaml'), changes ?? {});
      const { code } = await who.run(['launch', 'prod-50k', '--host', 'box']);
      const run = who.newest();
      expect(run.outcome).toMatchObject(outcome);
      expect(toldOf(run, who.readEvents(run.id))).toMatch(saysWithoutKernel ?? says);
      if (health !== undefined) expect(run.health).toBe(health);
      expect(code).toBe(outcome.result === 'succeeded' ? 0 : 3);
      await waitFor('the guard has left too', () => who.processes().length === 0);
    });
  },
);
