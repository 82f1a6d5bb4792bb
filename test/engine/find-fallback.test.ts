import { describe, expect, it } from 'vitest';
import type { AttemptEnding } from '../../src/engine/attempts/attempt-ending.ts';
import { decideNext } from '../../src/engine/attempts/decide-next.ts';
import { hostSigns, signedClasses } from '../../src/engine/attempts/host-signs.ts';
import { findFailurePattern } from '../../src/monitor/failures/patterns.ts';
import type { ProfileChange, RestartRules } from '../../src/playbook/playbook.ts';

const change: ProfileChange = { from: 'gpu', to: 'cpu', exits: [134], failures: ['rocm-fault'], texts: [], afterSeconds: 20 };
const restart: RestartRules = { on: ['exit 134'], times: 3, delaySeconds: { first: 1, longest: 1 }, withoutProgress: null };
const ending: AttemptEnding = {
  exitCode: 134,
  sentinel: false,
  reason: 'exit-status',
  failure: null,
  asked: null,
  endedLike: 'exit 134',
  progressed: new Set(),
};
const toCpu = (because: string) => ({ kind: 'fallback', profile: 'cpu', because });
const none = { kind: 'none', why: null };

describe('an attempt that is over', () => {
  it.each<[string, Partial<AttemptEnding>, object]>([
    ['as the host says of it', {}, toCpu('exit 134')],
    ['by the class of its failure', { endedLike: null, failure: { class: 'rocm-fault', retry: false } }, toCpu('rocm-fault')],
    ['because a rule asks for it', { endedLike: null, asked: { action: 'fallback', because: 'stall' } }, toCpu('stall')],
  ])('is followed by one in the other profile %s', (_, of, next) => {
    expect(decideNext({ restart: null, fallback: change }, [], { ...ending, ...of })).toEqual(next);
  });

  it.each<[string, Partial<AttemptEnding>]>([
    ['that was used wrongly', { exitCode: 2 }],
    ['that did not fail', { reason: null }],
    ['whose halt file is there', { sentinel: true }],
    ['of another failure', { endedLike: null, failure: { class: 'nccl', retry: true } }],
  ])('is not followed by one in the other profile when it is one %s', (_, of) => {
    expect(decideNext({ restart: null, fallback: change }, [], { ...ending, ...of })).toEqual(none);
  });

  it('falls back before it is started again, and is started again where a rule asks for that, or it has fallen back', () => {
    expect(decideNext({ restart, fallback: change }, [], ending)).toEqual(toCpu('exit 134'));
    const asked = { action: 'restart', because: 'stall' } as const;
    expect(decideNext({ restart, fallback: change }, [], { ...ending, asked })).toMatchObject({ kind: 'restart' });
    expect(decideNext({ restart, fallback: null }, [], ending)).toMatchObject({ kind: 'restart', because: 'exit 134' });
  });
});

describe('what the guard knows a failure by', () => {
  it('is what the controller takes for the same', () => {
    for (const name of signedClasses) {
      for (const text of hostSigns([name]).texts) {
        const line = `RuntimeError: ${text}${text.endsWith('HSA_STATUS_ERROR_') ? 'X' : ''}${text.endsWith('node-') ? '1' : ''}`;
        expect([text, findFailurePattern(line)?.class]).toEqual([text, name]);
      }
    }
  });

  it('is nothing for a class that only the controller can tell', () => {
    expect(hostSigns(['nccl', 'constructor'])).toEqual({ texts: [], exits: [] });
  });
});
