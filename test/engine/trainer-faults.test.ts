import { describe, expect, it } from 'vitest';
import { firstOf } from '../support/full.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople } from '../support/person.ts';
import { toldOf, trainerFaults } from '../support/trainer-faults.ts';

const { person } = usePeople();

describe.concurrent('a fault of the trainer', { timeout: 120_000 }, () => {
  it.for(firstOf(trainerFaults, 7))(
    '$fault ends as it should, and is told',
    async ({ fault, changes, seconds, outcome, says, health }, test) => {
      const who = person(test, { PRETEND_FAULT: fault, PRETEND_SECONDS: seconds ?? '4' });
      const playbook = changes === undefined ? 'prod-50k' : who.changePlaybook(changes);
      const { code } = await who.run(['launch', playbook, '--host', 'demo-a100x2']);
      const run = who.newest();
      expect(run.outcome).toMatchObject(outcome);
      expect(toldOf(run, who.readEvents(run.id))).toMatch(says);
      if (health !== undefined) expect(run.health).toBe(health);
      expect(code).toBe(outcome.result === 'succeeded' ? 0 : 3);
      await waitFor('the guard has left too', () => who.processes().length === 0);
    },
  );
});
