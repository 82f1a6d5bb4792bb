import { checkSchema } from '../language/check-schema.ts';
import type { Problem } from '../problem.ts';
import { readYamlFile, sortProblems, type YamlDocument, type YamlPath } from '../yaml.ts';
import { buildPlaybook, type Built } from './build-playbook.ts';
import { fillIn } from './fill-in.ts';
import { readParams } from './params.ts';
import { pointsOf, readPoints } from './points.ts';
import { checkProfiles, profilesOf } from './profiles.ts';
import type { Scalar } from './fields.ts';
import type { Param, Point, SweepRun } from './playbook.ts';
import { createReader } from './reader.ts';
import { takeOutReserved } from './reserved.ts';
import { paramSchema, playbookSchema } from './schema.ts';
import { entriesAt, take } from './sections.ts';
import { readSweeps } from './sweeps.ts';
import { inVariant, type Variant } from './variant.ts';

/** A playbook file without errors, before any param has its value. */
export interface Playbook {
  name: string;
  description: string | null;
  file: string;
  params: Record<string, Param>;
  /** Names, in the order of the file. */
  profiles: string[];
  /** Named experiments, in the order of the file. */
  points: Record<string, Point>;
  sweeps: Record<string, SweepRun[]>;
  document: YamlDocument;
}

/** Every problem of the file at once. What depends on a param without a default can only be looked at when it has a value. */
export function readPlaybook(file: string): { playbook: Playbook | null; problems: Problem[] } {
  const { document, problems } = readYamlFile(file);
  return document === null ? { playbook: null, problems } : checkPlaybook(document, problems);
}

export function checkPlaybook(document: YamlDocument, earlier: Problem[]): { playbook: Playbook | null; problems: Problem[] } {
  const profiles = profilesOf(document);
  // Where there are profiles, no run is without one.
  const variants = (profiles.length === 0 ? [null] : profiles).map((profile) => checkVariant(document, { profile, point: null }));
  const named: Problem[] = [];
  const reader = createReader(document, named);
  const points = readPoints(reader, document.value);
  const sweeps = readSweeps(reader, document.value, pointsOf(document));
  const problems = [...variants.flatMap((variant) => variant.problems), ...named];
  const ofPoints = variants.flatMap(({ profile }) =>
    Object.keys(points).flatMap((point) => checkPoint(document, { profile, point }, problems)),
  );
  const all = sortProblems([
    ...earlier,
    ...checkProfiles(document),
    ...problems,
    ...ofPoints,
    ...findNulBytes(document, document.value, []),
  ]);
  const [first] = variants;
  if (all.length > 0 || first === undefined) return { playbook: null, problems: all };
  const { name, description } = first.built;
  const { params } = first;
  return { playbook: { name, description, file: document.file, params, profiles, points, sweeps, document }, problems: [] };
}

function checkVariant(document: YamlDocument, variant: Variant) {
  const { params, problems } = declaredParams(document, variant);
  const names = entriesAt(document.value, 'params').map(([name]) => name);
  const values = Object.fromEntries(names.map((name) => [name, params[name]?.default ?? undefined]));
  const assembled = assemblePlaybook(document, values, variant);
  return { ...variant, built: assembled.built, params, problems: [...problems, ...assembled.problems] };
}

/** What is wrong with one experiment alone. Where a value does not fit its declaration, what follows from it is not told. */
function checkPoint(document: YamlDocument, variant: Variant & { point: string }, known: readonly Problem[]): Problem[] {
  const isKnown = ({ line, column, message }: Problem) =>
    known.some((one) => one.line === line && one.column === column && one.message === message);
  const declared = declaredParams(document, variant).problems.filter((problem) => !isKnown(problem));
  if (declared.length > 0) return declared;
  return checkVariant(document, variant)
    .problems.filter((problem) => !isKnown(problem))
    .map((problem) => ({ ...problem, message: `${problem.message}, with point "${variant.point}"` }));
}

/** Those whose declaration has the right shape, with the defaults that a profile and a point give them. */
export function declaredParams(document: YamlDocument, wanted: Variant): { params: Record<string, Param>; problems: Problem[] } {
  const variant = inVariant(document, wanted);
  const declared = entriesAt(variant.value, 'params').flatMap(([name, value]) => {
    const param = take(paramSchema, value);
    return param === null ? [] : [[name, param] as const];
  });
  return readParams(variant, Object.fromEntries(declared));
}

/** Where a file is only looked at, the day does not matter. */
const anyDay = '20000101';

/** Fills the params in, holds the result to the schema, and puts it together. The result is whole only when there is no problem. */
export function assemblePlaybook(
  document: YamlDocument,
  params: Readonly<Record<string, Scalar | undefined>>,
  {
    today = anyDay,
    runName = null,
    profile = null,
    point = null,
  }: { today?: string | undefined; runName?: string | null | undefined } & Partial<Variant> = {},
): { built: Built; problems: Problem[] } {
  const variant = inVariant(document, { profile, point });
  const { value, problems: reserved } = takeOutReserved(variant);
  const filled = fillIn(variant, value, { params, today, point: point ?? '', runName: runName ?? point ?? '' });
  const { problems: shape } = checkSchema(playbookSchema, variant, filled.value);
  const meaning: Problem[] = [];
  const built = buildPlaybook(createReader(variant, meaning), filled.value, { profile, point, profiles: profilesOf(document) });
  const settled = [...shape, ...meaning].filter((problem) => !isWaiting(problem, variant, filled.waiting));
  return { built, problems: sortProblems([...reserved, ...filled.problems, ...settled]) };
}

/** An escape such as "\\0" in YAML: nothing with it can be given to a program. */
function findNulBytes(document: YamlDocument, value: unknown, path: YamlPath): Problem[] {
  if (typeof value === 'string')
    return value.includes('\0') ? [document.problem(path, 'a NUL byte cannot be passed to a program')] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    findNulBytes(document, item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** Whether the problem is of a value that has not been filled in. */
function isWaiting(problem: Problem, document: YamlDocument, waiting: readonly YamlPath[]): boolean {
  return waiting.some((path) => {
    const text = document.nameOf(path);
    return problem.path === text || problem.path.startsWith(`${text}.`) || problem.path.startsWith(`${text}[`);
  });
}
