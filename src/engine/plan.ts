import { randomBytes } from 'node:crypto';
import { exitCodes, FleetError } from '../errors.ts';
import type { Host, Slot, SshSettings } from '../inventory/host.ts';
import { listWorkers } from '../inventory/workers.ts';
import { suggestName } from '../language/check-schema.ts';
import type { ResolvedPlaybook } from '../playbook/playbook.ts';
import type { Waiver } from '../store/check-records.ts';
import type { NewRun, TargetRecord } from '../store/records.ts';

export type PlannedReach =
  { kind: 'ssh'; ssh: SshSettings } | { kind: 'embedded'; machine: string; /** Left out: one. */ workers?: number };

/** What a run needs of the inventory, as it was when the run was planned. */
export interface PlannedHost {
  /** With the slot, where it is one: `a100x2:gpu0`. */
  name: string;
  /** Left out: the whole host. */
  slot?: Slot;
  reach: PlannedReach;
  accelerators: Host['accelerators'];
  cost: Host['cost'];
  remoteDir: string | null;
  /** Null, or left out by an older fleet: for ever. */
  keepRunsSeconds?: number | null;
  setup: string;
}

/** The host of the inventory that keeps copies of checkpoints. */
export interface PlannedBackUp {
  host: PlannedHost;
  address: string | null;
}

/** A failure that a person let pass before the run was made. */
export interface PlannedWaiver extends Waiver {
  check: string;
}

/** What a person answered before the run was made. */
export interface Answer {
  value: string | number;
  /** `user@host`. */
  by: string;
  at: number;
  how: 'asked' | '--answer' | '--yes';
}

/** What the person who launches decides beside the playbook. */
export interface Decisions {
  waivers: PlannedWaiver[];
  /** By the name of the check. */
  answers: Record<string, Answer>;
  /** The monitor only tells. Left out in the plans of an older fleet. */
  observe?: boolean;
}

/** A run that this one is compared with, as it was when this one was made. */
export interface EarlierRun {
  /** As the expressions call it. */
  name: string;
  /** Null: there was none. */
  run: string | null;
  rows: { step: number; at: number; columns: Record<string, unknown> }[];
}

/**
 * All that a run is, fixed before anything is touched: a resume reads it again and nothing else. It holds references to secrets, never values.
 * There is one executor today; the form has room for more.
 */
export interface Plan extends Decisions {
  version: 1;
  run: string;
  kind: 'launch' | 'validate';
  executor: 'detached';
  /** The one that the run begins in. */
  profile: string | null;
  point: string | null;
  /** Of that profile. */
  playbook: ResolvedPlaybook;
  /** Of the profile that the run may fall back to. Left out in the plans of an older fleet. */
  fallback?: ResolvedPlaybook | null;
  hosts: PlannedHost[];
  targets: TargetRecord[];
  /** Left out: none is named. */
  backUpHost?: PlannedBackUp;
  /** Left out where the playbook names none. */
  earlierRuns?: EarlierRun[];
  /** Runs of the same work on the same host that had to stop before it was done, the last one first: it goes on from their checkpoint. */
  goesOnFrom?: string[];
  /** When its job must have left its hosts. Where nobody is there to halt it in time, the guard begins to stop it then. Left out: it may take its time. */
  yieldsAt?: number;
  /** What the budget of its sweep has left for its jobs. Left out: it has none. */
  secondsOfSweep?: number;
}

/** What was asked for, in the profile that the run begins in, and in the one that it may fall back to. */
export interface Asked {
  playbook: ResolvedPlaybook;
  fallback: ResolvedPlaybook | null;
}

/** `hosts`: one, or those of a gang. `others`: the inventory, of which a playbook may name hosts besides. */
export function makePlan(
  kind: Plan['kind'],
  { playbook, fallback }: Asked,
  hosts: readonly Host[],
  decisions: Decisions,
  others: readonly Host[] = [],
): Plan {
  if (kind === 'launch' && playbook.launch === null) {
    throw new FleetError(`${playbook.file}: nothing to launch: there is no "launch" section`, {
      code: 'nothing-to-launch',
      exit: exitCodes.usage,
    });
  }
  return {
    version: 1,
    run: makeRunId(),
    kind,
    executor: 'detached',
    profile: playbook.profile ?? null,
    point: playbook.point ?? null,
    ...decisions,
    playbook,
    fallback,
    hosts: hosts.map(planHost),
    targets: hosts
      .flatMap((host) =>
        listWorkers(host.reach).map(({ index, address }) => ({ role: 'main', host: host.name, worker: index, address })),
      )
      .map((target, index) => ({ index, ...target })),
    ...planBackUp(playbook, others),
  };
}

/** The plan of a run that is in this profile by now. */
export function planInProfile(plan: Plan, profile: string | null): Plan {
  const { fallback = null } = plan;
  return fallback === null || fallback.profile !== profile ? plan : { ...plan, playbook: fallback };
}

function planBackUp({ file, monitor }: ResolvedPlaybook, others: readonly Host[]): Pick<Plan, 'backUpHost'> {
  const place = monitor?.checkpoints?.backUp ?? null;
  if (place?.kind !== 'host') return {};
  const found = others.find(({ name }) => name === place.host);
  if (found !== undefined) return { backUpHost: { host: planHost(found), address: firstAddress(found) } };
  const nearest = suggestName(
    place.host,
    others.map(({ name }) => name),
  );
  throw new FleetError(`${file}: monitor.checkpoints.back-up.to: there is no host "${place.host}" in the inventory`, {
    code: 'host-not-found',
    exit: exitCodes.usage,
    suggestions: nearest === null ? ['fleet hosts lists them'] : [nearest],
  });
}

/** Refused when its address is not known yet. */
export function planHost(host: Host): PlannedHost {
  const { name, slot, accelerators, cost, remoteDir, keepRunsSeconds, setup } = host;
  return { name, ...(slot && { slot }), reach: planReach(host), accelerators, cost, remoteDir, keepRunsSeconds, setup };
}

/** The first record of a run: what the store keeps of the plan beside the plan itself. */
export function describeRun(plan: Plan, createdAt: number): NewRun {
  const cost = sumCosts(plan.hosts);
  return {
    id: plan.run,
    kind: plan.kind,
    playbook: plan.playbook.name,
    point: plan.point,
    profile: plan.profile,
    executor: plan.executor,
    plan: JSON.stringify(plan),
    targets: plan.targets,
    perHour: cost?.perHour ?? null,
    currency: cost?.currency ?? null,
    createdAt,
  };
}

/** Of all hosts together. Null where one of them has none, or they are not of one currency. */
export function sumCosts(hosts: readonly Pick<PlannedHost, 'cost'>[]): Host['cost'] {
  const costs = hosts.flatMap(({ cost }) => cost ?? []);
  const [first] = costs;
  if (first === undefined || costs.length < hosts.length || costs.some(({ currency }) => currency !== first.currency))
    return null;
  return { perHour: costs.reduce((sum, { perHour }) => sum + perHour, 0), currency: first.currency };
}

export function planReach(host: Host): PlannedReach {
  switch (host.reach.kind) {
    case 'embedded':
      return planEmbedded(host.reach);
    case 'pending':
      throw new FleetError(`host "${host.name}": the address is not known yet: ${host.reach.reason}`, {
        code: 'host-address-unknown',
        exit: exitCodes.unreachable,
        suggestions: [`put the address of "${host.name}" into its inventory, under hosts.${host.name}.address`],
      });
    case 'ssh':
      return { kind: 'ssh', ssh: host.reach.ssh };
  }
}

function planEmbedded({ machine, workers }: { machine: string; workers: number }): PlannedReach {
  return { kind: 'embedded', machine, ...(workers === 1 ? {} : { workers }) };
}

export function firstAddress(host: Host): string | null {
  return listWorkers(host.reach)[0]?.address ?? null;
}

const idLetters = 'abcdefghjkmnpqrstuvwxyz23456789';

/** Ten letters and digits that nobody mixes up: safe as a folder name, and told apart by its first few. */
function makeRunId(): string {
  return Array.from(randomBytes(10), (byte) => idLetters[byte % idLetters.length]).join('');
}
