import { expect, it } from 'vitest';
import { judgeDuty, type Standing } from '../../src/engine/duties/judge-duty.ts';
import type { Duty } from '../../src/playbook/playbook.ts';

const hourMs = 3_600_000;
const within: Duty['due'] = { kind: 'within', seconds: 3600, text: 'within 1h' };
const atStep: Duty['due'] = { kind: 'step', step: 50, text: 'at step 50' };
const atEnd: Duty['due'] = { kind: 'end', text: 'at the end' };
const atFirst: Duty['due'] = { kind: 'first-checkpoint', text: 'at the first checkpoint' };
const fast: Duty['proof'] = { kind: 'criteria', criteria: ['fast'] };
const person: Duty['proof'] = { kind: 'person', ask: 'look' };
const kept: Duty['proof'] = { kind: 'checkpoint', what: 'backed-up' };
const loaded: Duty['proof'] = { kind: 'checkpoint', what: 'loaded' };

const verdict = (word: Standing['criteria'][number]['verdict']) => ({ criteria: [{ name: 'fast', verdict: word }] });
const checkpoint = (changes: Partial<Standing['checkpoints'][number]>) => ({
  checkpoints: [{ path: 'out/50.pt', step: 50, state: 'valid' as const, backUp: null, ...changes }],
});

const later = { now: hourMs };
const cases: [sentence: string, due: Duty['due'], proof: Duty['proof'], standing: Partial<Standing>, state: string][] = [
  ['what has an hour is met as soon as it is', within, fast, verdict('met'), 'met'],
  ['what has an hour and is not well yet may get better', within, fast, verdict('violated'), 'waiting'],
  ['what has an hour and is not well after it has failed', within, fast, { ...later, ...verdict('violated') }, 'failed'],
  ['what has an hour and cannot be told after it is due', within, fast, { ...later, ...verdict('inconclusive') }, 'due'],
  ['a criterion that is not there is not met', within, fast, { ...later }, 'due'],
  [
    'what is not well when the run ends has failed, however early',
    within,
    fast,
    { ended: true, ...verdict('violated') },
    'failed',
  ],
  ['what cannot be told when the run ends is missed', within, fast, { ended: true, ...verdict('pending') }, 'missed'],
  ['what a person sees to waits until its time', within, person, {}, 'waiting'],
  ['what a person sees to is due at its time', within, person, later, 'due'],
  ['and stays so when the run ends', within, person, { ...later, ended: true }, 'due'],
  ['what a person may see to later is due when the run ends', within, person, { ended: true }, 'due'],
  ['before its step nothing is looked at', atStep, fast, { step: 49, ...verdict('met') }, 'waiting'],
  ['from its step on it is', atStep, fast, { step: 50, ...verdict('met') }, 'met'],
  ['a run that ends before the step has missed it', atStep, fast, { step: 49, ended: true, ...verdict('met') }, 'missed'],
  ['a checkpoint that only loads is not backed up', atStep, kept, { step: 60, ...checkpoint({}) }, 'due'],
  ['a copy is a back-up', atStep, kept, { step: 60, ...checkpoint({ backUp: 'safe:out/' }) }, 'met'],
  ['an older checkpoint does not count', atStep, kept, { step: 60, ...checkpoint({ step: 40, backUp: 'safe:out/' }) }, 'due'],
  ['a whole checkpoint need not load', atStep, loaded, { step: 60, ...checkpoint({ state: 'complete' }) }, 'due'],
  ['one that is still written is none', atFirst, person, checkpoint({ state: 'writing' }), 'waiting'],
  ['the first whole one is', atFirst, person, checkpoint({ state: 'complete' }), 'due'],
  ['the end comes with the end', atEnd, fast, { ...later, ...verdict('met') }, 'waiting'],
  ['and is looked at then', atEnd, fast, { ended: true, ...verdict('met') }, 'met'],
];

it.each(cases)('%s', (_, due, proof, standing, state) => {
  const before = { startedAt: 0, now: hourMs - 1, step: null, criteria: [], checkpoints: [], ended: false };
  expect(judgeDuty({ name: 'duty', due, proof }, { ...before, ...standing }).state).toBe(state);
});
