import { describePerson } from '../engine/owner.ts';
import type { Decisions } from '../engine/plan.ts';
import type { ResolvedPlaybook } from '../playbook/playbook.ts';
import type { Scrubber } from '../scrubber.ts';
import { answerAll, listSignOffs } from './answers.ts';
import { canAsk, openDialogue } from './ask-person.ts';
import type { Context } from './context.ts';
import { readWaivers } from './waivers.ts';

export interface DecisionWish {
  /** `CHECK=REASON`, as typed. */
  waive?: readonly string[] | undefined;
  /** `QUESTION=ANSWER`, as typed. */
  answer?: readonly string[] | undefined;
  yes?: boolean;
  /** The monitor only tells. */
  observe?: boolean;
  /** Nobody is asked anything, and nothing is missing: the plan is only shown. */
  onlyShow?: boolean;
  /** Whether a person at a terminal may be asked. */
  mayAsk?: boolean;
}

/** One person decides for every host of a launch. */
export async function readDecisions(context: Context, wish: DecisionWish, playbook: ResolvedPlaybook | null): Promise<Decisions> {
  if (playbook === null) return { waivers: [], answers: {} };
  const { readOwner } = await import('../store/owner.ts');
  const stamp = { by: describePerson(readOwner()), at: context.clock.now() };
  const waivers = readWaivers(wish.waive ?? [], playbook, stamp);
  const given = wish.answer ?? [];
  const isGiven = (name: string) => given.some((word) => word.startsWith(`${name}=`));
  const signOffs = listSignOffs(playbook).filter(({ name }) => wish.onlyShow !== true || isGiven(name));
  const dialogue = wish.mayAsk === true && signOffs.some(({ name }) => !isGiven(name)) && canAsk() ? openDialogue() : null;
  try {
    const answers = await answerAll(signOffs, { given, yes: wish.yes ?? false, ask: dialogue?.ask ?? null, stamp });
    return { waivers, answers, ...(wish.observe === true ? { observe: true } : {}) };
  } finally {
    dialogue?.close();
  }
}

/** A plan is kept for ever, and on the host too: what a person types holds no secret of the playbook there. */
export function withoutSecrets({ waivers, answers, ...others }: Decisions, scrubber: Scrubber): Decisions {
  const clean = <T>(value: T) => (typeof value === 'string' ? scrubber.scrubText(value) : value);
  return {
    ...others,
    waivers: waivers.map((waiver) => ({ ...waiver, reason: clean(waiver.reason) })),
    answers: Object.fromEntries(
      Object.entries(answers).map(([name, answer]) => [name, { ...answer, value: clean(answer.value) }] as const),
    ),
  };
}
