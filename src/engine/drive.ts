import type { FleetError } from '../errors.ts';
import type { Actor } from '../remote/claims.ts';
import type { Lease, NewEvent, RunRecord, TargetRecord, Transition } from '../store/records.ts';
import type { HostSession } from './host-session.ts';
import type { EngineParts } from './parts.ts';
import type { Plan, PlannedHost } from './plan.ts';
import type { ProfileEnvironments } from './profile-environments.ts';
import type { ResolvedEnvironment } from './secrets.ts';

/** One controller's hold on one run: what every part of the walk works with. */
export interface Drive {
  parts: EngineParts;
  /** Its playbook is that of the profile that the run is in. */
  readonly plan: Plan;
  /** The worker that `session` speaks to, and its host. A part that speaks to one worker takes a drive; of a run on several, `workers` has one for each. */
  target: TargetRecord;
  host: PlannedHost;
  /** In the order of the targets. The run's own drive speaks to the first. */
  readonly workers: readonly Drive[];
  actor: Actor;
  lease: Lease;
  session: HostSession;
  /** Of the profile that the run is in. */
  readonly environment: ResolvedEnvironment;
  environments: ProfileEnvironments;
  /** Aborts with Detached when the person goes away, and with LeaseLost when somebody else took over. */
  signal: AbortSignal;
  /** `--detach`: leave as soon as the job is running. */
  leaveWhenRunning: boolean;
  record(): RunRecord;
  event(kind: string, text: string, detail?: unknown): NewEvent;
  tell(kind: string, text: string, detail?: unknown): void;
  transition(transition: Transition): void;
  /** A guarded write that did not land means that this controller has been replaced. */
  must(landed: boolean): void;
  /** Returns once the store can be written to again. What was not stored is done again from what is. */
  waitForStore(trouble: FleetError): Promise<void>;
}

export interface DriveOptions {
  signal: AbortSignal;
  /** Replace a live controller. */
  takeOver: boolean;
  leaveWhenRunning?: boolean;
  /** What a person says about a blocked start: whether the job had begun. */
  started?: boolean;
  /** How long a host may stay silent before its failure is thrown; for ever when left out. */
  patienceMs?: number;
  /** What a person must know at once, and the store cannot tell. */
  notice?: (text: string) => void;
}
