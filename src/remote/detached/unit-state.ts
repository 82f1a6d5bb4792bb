import { readLines, UnexpectedAnswer, valueOf, valuesOf, type Line, type RemoteAnswer } from '../command.ts';
import type { Proof, StartAnswer, UnitState, UnitWord } from '../executor.ts';

const unitWords: readonly string[] = [
  'absent',
  'claimed',
  'starting',
  'running',
  'ending',
  'exited',
  'gone',
] satisfies UnitWord[];

export function parseStart(what: string, answer: RemoteAnswer): StartAnswer {
  const first = readLines(answer.stdout)[0]?.word;
  if (first === 'env-missing') return { kind: 'environment-missing' };
  if (first === 'claim-lost') return { kind: 'claim-lost' };
  if (first === 'no-session-tool') return { kind: 'no-session-tool' };
  return { kind: 'state', state: parseUnitState(what, answer) };
}

export function parseUnitState(what: string, answer: RemoteAnswer): UnitState {
  const lines = readLines(answer.stdout);
  const word = valueOf(lines, 'state');
  const incarnation = valueOf(lines, 'incarnation');
  if (word === null || !isUnitWord(word) || incarnation === null) throw new UnexpectedAnswer(what, answer);
  return {
    word,
    pid: numberOf(valueOf(lines, 'pid')?.split(' ')[0]),
    exitCode: numberOf(valueOf(lines, 'exit')),
    logStart: numberOf(valueOf(lines, 'log-start')),
    verdict: valueOf(lines, 'verdict'),
    error: valuesOf(lines, 'error').at(-1) ?? null,
    profile: nameOf(valueOf(lines, 'profile')),
    madeByGuard: readMadeByGuard(lines),
    fallsBack: valueOf(lines, 'falls-back'),
    proof: readProof(valuesOf(lines, 'proof')),
    ranSeconds: subtract(numberOf(valueOf(lines, 'ended')), numberOf(valueOf(lines, 'began'))),
    haltMoves: valuesOf(lines, 'halt'),
    incarnation,
    startedOn: valueOf(lines, 'started-on'),
    newestAttempt: numberOf(valueOf(lines, 'newest-attempt')),
    hidesProcesses: valueOf(lines, 'hides-processes') === 'yes',
    uptimeSeconds: Number(valueOf(lines, 'uptime')),
  };
}

function readMadeByGuard(lines: Line[]): UnitState['madeByGuard'] {
  const because = valueOf(lines, 'because');
  if (because === null) return null;
  const starts = valuesOf(lines, 'starts').map((rest) => {
    const [size = '', inode = '', ...path] = rest.split(' ');
    return [path.join(' '), { size: Number(size), inode }] as const;
  });
  return { because, checkpoint: nameOf(valueOf(lines, 'checkpoint')), starts: new Map(starts) };
}

function nameOf(text: string | null): string | null {
  return text === '' ? null : text;
}

function readProof(lines: string[]): Proof[] {
  const proofs: Proof[] = [];
  for (const [word, first = '', ...rest] of lines.map((line) => line.split(' '))) {
    if (word === 'process') proofs.push({ pid: Number(first), command: rest.join(' ').trim(), variables: [] });
    const [found] = rest;
    const known = found === 'ok' || found === 'missing' || found === 'differs';
    if (word === 'variable' && known) proofs.at(-1)?.variables.push({ name: first, found });
  }
  return proofs;
}

function subtract(end: number | null, begin: number | null): number | null {
  return end === null || begin === null ? null : Math.max(0, end - begin);
}

function isUnitWord(word: string): word is UnitWord {
  return unitWords.includes(word);
}

function numberOf(text: string | null | undefined): number | null {
  return text === null || text === undefined || !/^\d+$/.test(text) ? null : Number(text);
}
