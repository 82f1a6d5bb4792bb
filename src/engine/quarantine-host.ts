import { hostOf } from '../language/place.ts';
import type { Drive } from './drive.ts';
import { describePerson } from './owner.ts';

/** Takes the run's host out of use until a person lifts it. One that is out of use already keeps its reason. */
export function quarantineHost(drive: Drive, reason: string): void {
  const { store, owner, clock } = drive.parts;
  const host = hostOf(drive.host.name);
  const by = `run ${drive.actor.run} of ${describePerson(owner)}`;
  store.together(() => {
    if (store.quarantine({ host, reason, by, at: clock.now() }))
      drive.tell('quarantine', `${host} is in quarantine now: ${reason}; fleet quarantine ${host} --lift ends it`);
  });
}
