import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeJumpingClock } from '../support/wrong-clock.ts';
import { firstOf } from '../support/full.ts';
import { waitFor } from '../support/local-host.ts';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook, readRows } from './counting-job.ts';
import { gatePath } from './gate.ts';

const { person } = usePeople();
const options = { concurrent: true, timeout: 120_000 };
const launch = ['launch', 'count', '--host', 'box'];
const hoursMs = 3_600_000;
/** When the clocks of Berlin were put back. */
const summerEnds = Date.parse('2025-10-26T01:00:00Z');

const jumps: { name: string; wrongByMs: () => number; env: Record<string, string> }[] = [
  { name: 'five hours back', wrongByMs: () => -5 * hoursMs, env: {} },
  { name: 'five hours forward', wrongByMs: () => 5 * hoursMs, env: {} },
  { name: 'to the end of summer time', wrongByMs: () => summerEnds - 3_000 - Date.now(), env: { TZ: 'Europe/Berlin' } },
];

/** Whoever asks this host for the time is told another one. */
function breakClock({ home }: NamespaceHost): void {
  mkdirSync(join(home, 'bin'));
  writeFileSync(join(home, 'bin/date'), '#!/bin/sh\nexec /usr/bin/date -d "9 hours ago" "$@"\n', { mode: 0o755 });
}

/** A look at a run renews its claim: the seconds of the host's uptime. */
async function waitForLooks({ home }: NamespaceHost, seconds: number): Promise<void> {
  const folder = join(home, '.local/state/fleet/claims');
  const [beat] = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.beat'));
  const read = () => Number(readFileSync(join(folder, beat ?? ''), 'utf8'));
  const begin = read();
  await waitFor(`looks for ${seconds} s`, () => read() >= begin + seconds);
}

describe.skipIf(explainMissingNamespaces() !== null)('hosts in namespaces: a wall clock that jumps', options, () => {
  for (const { name, wrongByMs, env } of firstOf(jumps, 1)) {
    it(`${name} in the middle of a run, on a host with another time, changes neither its end nor who has the machine`, async (test) => {
      const site = await openSite(test);
      site.addPlaybook('count', countingPlaybook);
      const box = await site.addHost('box', { sshd: [gatePath] });
      breakClock(box);
      const who = person(test, { ...site.env, ...env });
      const clock = makeJumpingClock(site.folder, 'laptop');
      const job = countingJobOn(box);
      const first = who.start(launch, clock.env);
      const { id } = await who.waitForRun('it has been looked at', ({ progress }) => (progress?.step ?? 0) > 0);
      // What has not moved for a while is judged by its age.
      job.hold();
      await waitForLooks(box, 3);
      clock.jumpTo(wrongByMs());
      await waitForLooks(box, 5);
      job.letGo();
      await job.waitForMore(5);
      expect(who.newest()).toMatchObject({ state: 'running', health: 'green', reachability: { status: 'reachable' } });

      first.kill('SIGKILL');
      await first.ended;
      const other = who.colleague();
      expect((await other.run(launch)).code).toBe(3);
      expect(other.newest()).toMatchObject({ verdict: 'NO-GO', outcome: { reason: 'host-busy' } });
      const seen = who.newest().progress?.step ?? 0;
      const resumed = who.start(['resume'], clock.env);
      await who.waitForRun('it is driven again', ({ progress }) => (progress?.step ?? 0) > seen);
      clock.jumpTo(0);
      await job.waitForMore(5);
      job.enough();
      expect((await resumed.ended).code).toBe(0);
      expect(who.newest()).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect(who.events(id).filter((text) => /no progress for|halting|^lost/.test(text))).toEqual([]);
      expect(await readRows(who, id)).toEqual(job.rows());
      expect(job.starts()).toEqual([id]);
    });
  }
});
