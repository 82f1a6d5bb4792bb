import { describe, expect, it } from 'vitest';
import { judgeEvidence } from '../../src/engine/job/evidence.ts';
import type { UnitState } from '../../src/remote/executor.ts';

const here = 'machine-a box boot-1 pid:[1] 25';
const state = (of: Partial<UnitState>): UnitState => ({
  word: 'running',
  pid: 10,
  exitCode: null,
  logStart: 0,
  verdict: null,
  error: null,
  profile: null,
  madeByGuard: null,
  fallsBack: null,
  proof: [],
  haltMoves: [],
  incarnation: here,
  startedOn: here,
  newestAttempt: 1,
  hidesProcesses: false,
  uptimeSeconds: 100,
  ...of,
});

describe('what a look at a job means', () => {
  it.each<[string, Partial<UnitState> | null, boolean, string]>([
    ['no answer', null, true, 'silent'],
    ['nothing seen where /proc hides others', { word: 'gone', hidesProcesses: true }, true, 'hidden'],
    ['a live process where /proc hides others', { hidesProcesses: true }, true, 'alive'],
    [
      'another boot where /proc hides others',
      { word: 'gone', hidesProcesses: true, incarnation: 'machine-a box boot-2 pid:[1] 25' },
      false,
      'lost',
    ],
    ['an exit file that holds no number, twice', { word: 'exited', exitCode: null }, true, 'lost'],
    ['a live process', {}, false, 'alive'],
    ['a wrapper before its first process', { word: 'starting', pid: null }, false, 'alive'],
    ['a wrapper that has still to write the exit status', { word: 'ending' }, false, 'alive'],
    ['an exit status', { word: 'exited', exitCode: 0 }, false, 'over'],
    [
      'an exit status, after a reboot',
      { word: 'exited', exitCode: 0, incarnation: 'machine-a box boot-2 pid:[1] 25' },
      false,
      'over',
    ],
    ['no process and no exit status, once', { word: 'gone' }, false, 'look-again'],
    ['no process and no exit status, twice', { word: 'gone' }, true, 'lost'],
    ['a folder that is gone, twice', { word: 'absent', startedOn: null }, true, 'lost'],
    ['another boot', { word: 'gone', incarnation: 'machine-a box boot-2 pid:[1] 25' }, false, 'lost'],
    ['another pid namespace', { word: 'gone', incarnation: 'machine-a box boot-1 pid:[2] 25' }, false, 'lost'],
    [
      'another start of pid 1, in a container that kept its boot id',
      { word: 'gone', incarnation: 'machine-a box boot-1 pid:[1] 99' },
      false,
      'lost',
    ],
    ['another machine', { word: 'gone', incarnation: 'machine-b box boot-1 pid:[1] 25' }, true, 'elsewhere'],
    [
      'another host name, as behind a shared home',
      { word: 'exited', exitCode: 0, incarnation: 'machine-a other boot-1 pid:[1] 25' },
      true,
      'elsewhere',
    ],
  ])('%s', (_, of, goneBefore, kind) => {
    const finding = judgeEvidence(of === null ? null : state(of), { incarnation: here }, goneBefore);
    expect(finding.kind).toBe(kind);
    expect(finding.sentence).toMatch(/^\S.*\S$/);
  });

  it('names both incarnations after a reboot', () => {
    const finding = judgeEvidence(
      state({ word: 'gone', incarnation: 'machine-a box boot-2 pid:[1] 25' }),
      { incarnation: null },
      false,
    );
    expect(finding).toMatchObject({ kind: 'lost', reason: 'reboot' });
    expect(finding.sentence).toContain('boot-1');
    expect(finding.sentence).toContain('boot-2');
  });

  it('knows another machine by what was recorded when the folder itself says nothing', () => {
    const elsewhere = state({ word: 'absent', startedOn: null, incarnation: 'machine-b box boot-9 pid:[1] 25' });
    expect(judgeEvidence(elsewhere, { incarnation: here }, true).kind).toBe('elsewhere');
  });
});
