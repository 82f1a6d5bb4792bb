import { ownChecks } from '../lifecycle/own-checks.ts';
import { buildDuties } from './build-duties.ts';
import { buildFallback } from './build-fallback.ts';
import { buildGang } from './build-gang.ts';
import { buildLadder } from './build-ladder.ts';
import { buildLaunch } from './build-launch.ts';
import { buildMonitor } from './monitor/build-monitor.ts';
import { buildRestart } from './build-restart.ts';
import { buildRequires } from './build-requires.ts';
import { buildBudget, buildStages, buildWork } from './build-work.ts';
import { buildEntries } from './entries/build-entries.ts';
import type { EnvVariable, ResolvedPlaybook } from './playbook.ts';
import type { Reader } from './reader.ts';
import { sourceSchema, variableSchema, volatileSchema } from './schema.ts';
import { entriesAt, partAt, take } from './sections.ts';
import type { Variant } from './variant.ts';

export type Built = Omit<ResolvedPlaybook, 'file' | 'sha256' | 'params'>;

/**
 * Puts a filled-in playbook together, part by part: a part whose shape is wrong has been told already and is left out, the others are
 * still looked at. Only without any problem is the result whole.
 */
export function buildPlaybook(
  reader: Reader,
  value: unknown,
  { profile, point, profiles }: Variant & { profiles: readonly string[] },
): Built {
  const names = new Set<string>(Object.values(ownChecks));
  const monitor = buildMonitor(reader, value);
  return {
    name: textAt(value, 'playbook') ?? '',
    description: textAt(value, 'description'),
    work: buildWork(reader, value),
    budget: buildBudget(reader, value),
    stages: buildStages(reader, value),
    volatile: take(volatileSchema, partAt(value, 'volatile')) ?? [],
    requires: buildRequires(reader, ['requires'], partAt(value, 'requires')),
    workdir: textAt(value, 'workdir') ?? '.',
    setup: textAt(value, 'setup') ?? '',
    source: buildSource(value),
    env: entriesAt(value, 'env').flatMap(([name, variable]) => buildVariable(name, variable)),
    profile,
    point,
    fallback: buildFallback(reader, value, profiles),
    strictOrder: textAt(value, 'order') === 'strict',
    prepare: buildEntries(reader, value, 'prepare', names),
    validate: buildEntries(reader, value, 'validate', names),
    launch: buildLaunch(reader, value),
    gang: buildGang(reader, value),
    restart: buildRestart(reader, value),
    ladder: buildLadder(reader, value),
    monitor,
    verify: buildEntries(reader, value, 'verify', names),
    rollback: buildEntries(reader, value, 'rollback', names),
    duties: buildDuties(reader, value, {
      criteria: monitor?.criteria ?? [],
      checkpoints: partAt(value, 'monitor', 'checkpoints'),
      hasProgress: partAt(value, 'monitor', 'progress') !== undefined,
    }),
  };
}

function buildSource(value: unknown): ResolvedPlaybook['source'] {
  const file = take(sourceSchema, partAt(value, 'source'));
  return file && { branch: file.branch ?? null, commit: file.commit ?? null, clean: file.clean ?? false };
}

function buildVariable(name: string, value: unknown): EnvVariable[] {
  const file = take(variableSchema, value);
  if (file === null) return [];
  if (typeof file === 'string') return [{ name, value: { text: file }, critical: false, optional: false }];
  const critical = file.critical ?? false;
  if ('value' in file) return [{ name, value: { text: file.value }, critical, optional: false }];
  return [{ name, value: { secret: file.secret }, critical, optional: file.optional ?? false }];
}

function textAt(value: unknown, key: string): string | null {
  const part = partAt(value, key);
  return typeof part === 'string' ? part : null;
}
