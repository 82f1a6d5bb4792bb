import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIfThere, usePeople } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();

const rich = `playbook: rich
workdir: @work
prepare:
  - { action: lay out, run: mkdir -p out }
validate:
  - { check: the card works, run: 'echo no card; false', expected-time: 1m }
launch: { run: exit 0, log: out/training.log }
rollback:
  - { action: undo, run: touch undone }
  - { check: the old way works, run: 'false', hint: look at it by hand }
  - { action: write it down, note: docs/issues.md }
  - { action: lock the host, quarantine-host: the card does not work }
`;

describe('a run that fails', { timeout: 60_000 }, () => {
  it('is rolled back in order, whatever becomes of a part, and locks its host until a person lifts it', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const playbook = host.write('rich', rich);
    expect(await who.run(['launch', ...playbook])).toMatchObject({ code: 3 });
    const run = who.newest();
    const walked = run.checks.filter(({ phase }) => phase === 'rollback').map(({ name, result }) => [name, result]);
    expect(walked).toEqual([
      ['undo', 'pass'],
      ['the old way works', 'fail'],
      ['write it down', 'pass'],
      ['lock the host', 'pass'],
    ]);
    expect(run).toMatchObject({ state: 'failed', outcome: { reason: 'no-go' } });
    expect(run.message).toMatch(/^the card works: expected exit 0, got exit 1.*\n(.*\n)*rollback: the old way works: got exit 1/);
    const note = readIfThere(join(host.work, 'docs/issues.md'));
    expect(note).toMatch(/^## \d{4}-\S+Z rich on small: NO-GO: the card works\n/);
    expect(note).toContain('the card works: expected exit 0, got exit 1');
    expect(note).toContain('    no card\n');
    expect(host.remains(run.id)).toEqual([]);

    expect((await who.run(['launch', ...playbook])).code).toBe(3);
    expect(who.newest().outcome?.reason).toBe('quarantined');
    expect(who.newest().checks.filter(({ phase }) => phase === 'rollback')).toEqual([]);
  });

  it('is not rolled back when nothing was begun', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const playbook = host.write(
      'nothing-begun',
      `playbook: nothing-begun
workdir: @work
validate: [{ check: no, run: 'false' }]
launch: { run: exit 0, log: out/x.log }
rollback: [{ action: undo, run: 'echo "$FLEET_RUN_ID rollback-0" >>@starts' }]
`,
    );
    expect((await who.run(['launch', ...playbook])).code).toBe(3);
    expect(host.starts(who.newest().id)).toEqual([]);
  });

  it('in its job is rolled back with the end of its log in the note', async (test) => {
    const who = person(test);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const playbook = host.write(
      'job-fails',
      `playbook: job-fails
workdir: @work
launch: { run: 'echo the card has gone; exit 9', log: out/x.log }
rollback: [{ action: write it down, note: issues.md }]
`,
    );
    expect((await who.run(['launch', ...playbook])).code).toBe(3);
    expect(who.newest()).toMatchObject({ state: 'failed', outcome: { reason: 'exit-status', exitCode: 9 } });
    expect(readIfThere(join(host.work, 'issues.md'))).toMatch(/failed: .*exit 9[^]*the card has gone/);
  });
});
