import { isResult, type RunState } from '../lifecycle/states.ts';
import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { Guard } from './guard.ts';
import type { NewEvent, Transition } from './records.ts';
import type { Store } from './store.ts';

type Transitions = Pick<Store, 'transition' | 'recordReachability' | 'recordHealth'>;

export function prepareTransitions(connection: Connection, guard: Guard, addEvent: AddEvent): Transitions {
  const readState = connection.prepare<[number], { state: RunState }>('SELECT state FROM runs WHERE number = ?');
  const change = connection.prepare(
    `UPDATE runs SET state = @to, attempt = coalesce(@attempt, attempt), profile = coalesce(@profile, profile), verdict = coalesce(@verdict, verdict),
       message = iif(@keepMessage, message, @message), started_at = coalesce(started_at, @startedAt), ended_at = @endedAt,
       outcome_result = @result, outcome_reason = @reason, outcome_exit_code = @exitCode, outcome_degraded = @degraded
     WHERE number = @run`,
  );
  const reach = connection.prepare(
    `UPDATE runs SET reachability_since = iif(reachability = @to AND reachability_since IS NOT NULL, reachability_since, @at),
       observed_at = iif(@to = 'reachable', @at, observed_at), reachability = @to,
       next_try_at = @nextTryAt
     WHERE number = @run`,
  );
  const heal = connection.prepare('UPDATE runs SET health = ? WHERE number = ?');

  return {
    transition: (lease, transition) => {
      const values = valuesOf(transition);
      return guard(lease, (run) => {
        const state = readState.get(run)?.state;
        if (state === undefined || isResult(state) || !transition.from.includes(state)) return false;
        change.run({ ...values, run });
        addEvent(run, { ...transition.event, detail: { from: state, to: transition.to, ...detailOf(transition.event) } });
        return true;
      });
    },
    recordReachability: (lease, reachability, at, event, nextTryAt = null) =>
      guard(
        lease,
        (run) => {
          reach.run({ run, to: reachability, at: Math.round(at), nextTryAt: nextTryAt === null ? null : Math.round(nextTryAt) });
          if (event !== null) addEvent(run, event);
          return true;
        },
        'later',
      ),
    recordHealth: (lease, health, event) =>
      guard(
        lease,
        (run) => {
          heal.run(health, run);
          addEvent(run, event);
          return true;
        },
        'later',
      ),
  };
}

/** Beside where the run went, what its writer says. */
function detailOf({ detail }: NewEvent): object {
  return typeof detail === 'object' && detail !== null ? detail : {};
}

function valuesOf({ to, event, attempt, profile, verdict, outcome, message, startedAt, endedAt }: Transition) {
  if (outcome !== undefined && outcome.result !== to) {
    throw new RangeError(`transition: expected the result "${to}" in the outcome, got "${outcome.result}"`);
  }
  const ends = isResult(to);
  return {
    to,
    attempt: attempt ?? null,
    profile: profile ?? null,
    verdict: verdict ?? null,
    keepMessage: message === undefined ? 1 : 0,
    message: message ?? null,
    startedAt: startedAt === undefined ? null : Math.round(startedAt),
    endedAt: ends ? Math.round(endedAt ?? event.at) : null,
    result: ends ? to : null,
    reason: outcome?.reason ?? null,
    exitCode: outcome?.exitCode ?? null,
    degraded: ends ? Number(outcome?.degraded ?? false) : null,
  };
}
