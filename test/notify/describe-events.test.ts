import { expect, test } from 'vitest';
import { describeEvents, type RunEvent, type ToldRun } from '../../src/notify/describe-events.ts';
import { runEvent, toldRun } from './shapes.ts';

const tell = (event: RunEvent, run: Partial<ToldRun> = {}) => describeEvents([event], toldRun(run), 'Europe/Berlin');
const ended = (result: 'succeeded' | 'failed', reason: string | null) => ({ result, reason, exitCode: 1, degraded: false });

test('a message says what, where, since when, at what cost, and what to type', () => {
  const [telling] = tell(runEvent('health', 'health red: throughput: expected >= 39, got 22', { health: 'red' }));
  expect(telling).toEqual({
    event: 7,
    when: 'now',
    message: {
      ...{ kind: 'red', urgent: true, title: 'prod-50k on prime1: red', at: '2026-11-28T02:12:00.000Z' },
      lines: [
        'health red: throughput: expected >= 39, got 22',
        'Sat 28 Nov, 03:12 CET; run 4f2a, 2h after its start, 5.20 USD so far',
        'fleet status 4f2a shows all of it; fleet halt 4f2a stops it',
      ],
      run: { id: '4f2a', playbook: 'prod-50k', host: 'prime1' },
    },
  });
});

test('a message names the experiment of a sweep', () => {
  const finished = runEvent('state', 'succeeded', { from: 'verifying', to: 'succeeded' });
  const run = { playbook: 'trm-sweep', point: 'e1_1_baseline', host: 'tpu1', outcome: ended('succeeded', null) };
  expect(tell(finished, run)[0]?.message.title).toBe('trm-sweep/e1_1_baseline on tpu1: succeeded');
});

test.each<[string, RunEvent, Partial<ToldRun>, { kind: string; urgent: boolean; title: string } | null]>([
  [
    'a GO',
    runEvent('state', 'GO: launching on prime1', { to: 'launching', verdict: 'GO' }),
    {},
    { kind: 'go', urgent: false, title: 'GO' },
  ],
  [
    'a start',
    runEvent('state', 'running on prime1, pid 7', { from: 'launching', to: 'running', pid: 7 }),
    {},
    { kind: 'started', urgent: false, title: 'started' },
  ],
  [
    'a NO-GO',
    runEvent('state', 'NO-GO: free disk', { to: 'failed' }),
    { verdict: 'NO-GO', startedAt: null, outcome: ended('failed', 'no-go') },
    { kind: 'no-go', urgent: true, title: 'NO-GO, nothing was started' },
  ],
  [
    'a failure',
    runEvent('state', 'failed: exit status 1', { to: 'failed' }),
    { outcome: ended('failed', 'exit-status') },
    { kind: 'finished', urgent: true, title: 'failed (exit-status)' },
  ],
  [
    'a success',
    runEvent('state', 'succeeded', { to: 'succeeded' }),
    { outcome: { ...ended('succeeded', null), degraded: true } },
    { kind: 'finished', urgent: false, title: 'succeeded, degraded' },
  ],
  [
    'a start that nobody can judge',
    runEvent('state', 'blocked: no pid', { to: 'blocked' }),
    {},
    { kind: 'waiting', urgent: true, title: 'blocked: it waits for you' },
  ],
  [
    'a process that does not exit',
    runEvent('state', 'lingering', { to: 'lingering' }),
    {},
    { kind: 'waiting', urgent: false, title: 'its work is done, and it does not exit' },
  ],
  [
    'a duty that is due',
    runEvent('duty', 'duty "look" is due', { duty: 'due' }),
    {},
    { kind: 'waiting', urgent: false, title: 'something is to be seen to' },
  ],
  [
    'another attempt',
    runEvent('state', 'attempt 1 is over', { to: 'restarting' }),
    { attempt: 2 },
    { kind: 'restarting', urgent: false, title: 'attempt 2 follows' },
  ],
  ['a stall', runEvent('stall', 'no progress for 3m'), {}, { kind: 'stalled', urgent: true, title: 'stalled' }],
  [
    'a yellow health',
    runEvent('health', 'health yellow', { health: 'yellow' }),
    {},
    { kind: 'yellow', urgent: false, title: 'yellow' },
  ],
  [
    'the action of a playbook',
    runEvent('notify', 'criterion "memory" is violated'),
    {},
    { kind: 'notify', urgent: true, title: 'its playbook asks you to look' },
  ],
  ['a green health', runEvent('health', 'health green', { health: 'green' }), {}, null],
  ['a duty that was done', runEvent('duty', 'duty "look": done', { duty: 'done' }), {}, null],
  ['a step of the walk', runEvent('state', 'preparing', { to: 'preparing' }), {}, null],
  ['what happens all the time', runEvent('checkpoint', 'checkpoint 1'), {}, null],
])('%s', (_, event, run, expected) => {
  const told = tell(event, run).map(({ message: { kind, urgent, title } }) => ({ kind, urgent, title }));
  expect(told).toEqual(expected === null ? [] : [{ ...expected, title: `prod-50k on prime1: ${expected.title}` }]);
});

test('a host out of reach is told after a while, and that it answers again ends it', () => {
  expect(tell(runEvent('unreachable', 'prime1: timed out'))).toMatchObject([
    { when: 'unless-over', message: { kind: 'unreachable' } },
  ]);
  expect(tell(runEvent('reachable', 'the host answers'))).toMatchObject([{ when: 'over', message: { kind: 'reachable' } }]);
});

test('a host out of reach is never told as a failure', () => {
  const [telling] = tell(runEvent('unreachable', 'prime1: timed out'));
  expect(telling?.message.lines.at(-1)).toContain('nothing is known to have failed, and the job is not touched');
});

test('a NO-GO names every check that failed', () => {
  const message = 'free disk: expected 80 GB, got 12 GB\nGPU: expected 2, got 1';
  const [telling] = tell(runEvent('state', 'NO-GO: free disk, GPU', { to: 'failed' }), {
    verdict: 'NO-GO',
    startedAt: null,
    message,
  });
  expect(telling?.message.lines).toEqual(expect.arrayContaining(message.split('\n')));
});

test('a preflight has no messages: whoever asked for it watches it', () => {
  expect(tell(runEvent('state', 'NO-GO', { to: 'failed' }), { kind: 'validate', verdict: 'NO-GO' })).toEqual([]);
});

test('the end says how long it took and what it cost in all', () => {
  const [telling] = tell(runEvent('state', 'succeeded', { to: 'succeeded' }), { attempt: 2, outcome: ended('succeeded', null) });
  expect(telling?.message.lines[1]).toBe('Sat 28 Nov, 03:12 CET; run 4f2a, attempt 2, 2h after its start, 5.20 USD in all');
});
