import { expect, it } from 'vitest';
import { readText, tellText } from './playbook-text.ts';
import { resolvePlaybook } from '../../src/playbook/resolve-playbook.ts';

const head = `playbook: p
launch: { run: python3 train.py, log: train.log }
`;
const monitor = `monitor:
  metrics: { training: { csv: t.csv, columns: [step, loss] } }
  progress: { metric: training.step }
  criteria: [{ criterion: it learns, expr: slope(training.loss) < 0 }]
  checkpoints: { path: 'c*.pt', back-up: { to: /safe } }
`;

it('duties say when they are due and what shows that they are met', () => {
  const text = `${head}${monitor}duties:
  - { duty: a, within: 1h, criteria: [it learns] }
  - { duty: b, at: step 5000, checkpoint: backed-up }
  - { duty: c, at: first checkpoint, ask: are adjustments needed? }
`;
  const { resolved } = resolvePlaybook(readText(text), { set: {}, host: {} });
  expect(resolved?.duties).toEqual([
    {
      name: 'a',
      due: { kind: 'within', seconds: 3600, text: 'within 1h' },
      proof: { kind: 'criteria', criteria: ['it learns'] },
    },
    { name: 'b', due: { kind: 'step', step: 5000, text: 'at step 5000' }, proof: { kind: 'checkpoint', what: 'backed-up' } },
    {
      name: 'c',
      due: { kind: 'first-checkpoint', text: 'at the first checkpoint' },
      proof: { kind: 'person', ask: 'are adjustments needed?' },
    },
  ]);
});

it('every problem of a duty is told at its place', () => {
  const text = `${head}${monitor}duties:
  - { duty: a, within: 1h, at: end, ask: x }
  - { duty: a, at: epoch 3, ask: x }
  - { duty: b, within: 1h }
  - { duty: c, within: 1h, criteria: [it lerns] }
  - { duty: d, within: 1h, checkpoint: loaded }
`;
  expect(tellText(text)).toEqual([
    'p.yaml:9:5: duties[0]: expected one of "within" and "at"',
    'p.yaml:10:13: duties[1].duty: a second duty is called "a"',
    'p.yaml:10:20: duties[1].at: expected "step 5000", "first checkpoint" or "end", got "epoch 3"',
    'p.yaml:11:5: duties[2]: expected one of "criteria", "checkpoint" and "ask", got none',
    'p.yaml:12:39: duties[3].criteria[0]: no criterion is called "it lerns", expected "it learns" (did you mean "it learns"?)',
    'p.yaml:13:40: duties[4].checkpoint: "loaded" needs monitor.checkpoints.loads, which is not there',
  ]);
});

it('a duty about what is not watched is refused', () => {
  const text = `${head}duties:
  - { duty: a, at: step 5, checkpoint: saved }
  - { duty: b, at: first checkpoint, ask: x }
`;
  expect(tellText(text)).toEqual([
    'p.yaml:4:20: duties[0].at: a step needs monitor.progress, which is not there',
    'p.yaml:4:40: duties[0].checkpoint: it needs monitor.checkpoints, which is not there',
    'p.yaml:5:20: duties[1].at: "first checkpoint" needs monitor.checkpoints, which is not there',
  ]);
});
