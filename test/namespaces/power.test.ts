import { describe, expect, it } from 'vitest';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook, readRows } from './counting-job.ts';

const { person } = usePeople();
const launch = ['launch', 'count', '--host', 'box'];

describe.skipIf(explainMissingNamespaces() !== null)('hosts in namespaces: a power loss', { timeout: 120_000 }, () => {
  it('in the middle of a run loses it for a reboot, tells both incarnations, and the machine takes the next run', async (test) => {
    const site = await openSite(test);
    site.addPlaybook('count', countingPlaybook);
    const box = await site.addHost('box');
    const who = person(test, site.env);
    const controller = who.start(launch, { FLEET_LOG: 'debug' });
    const job = countingJobOn(box);
    await job.waitForMore(5);
    await box.powerOff();
    await box.powerOn();
    console.log(await controller.ended);
    const run = who.newest();
    console.log(run.message, run.state, who.events(run.id), await readRows(who, run.id));
    expect(run.state).toBe('lost');
    job.enough();
    console.log(await who.run(launch));
  });
});
