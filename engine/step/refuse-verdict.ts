/** Whether a verdict can be given at a gate, and with a reason where one is due. It knows nobody's authority. */
import type { CompiledProcess, GateOutcome } from '../definition/compiled-process.ts';
import { isOnAPerson } from '../oversight/demanded-acts.ts';
import { refuse } from './refuse.ts';
import type { Refusal } from './step.ts';
import type { RecordedVerdict, Verdict } from './stimulus.ts';

export interface Given {
  readonly verdict: Verdict;
  /** Digest of the proposal that is approved, where it is named. */
  readonly choice?: string;
  readonly reason: string | null;
}

/** `onBehalfOf` is set for whoever decides in another's seat. */
export function refuseVerdict(
  process: CompiledProcess,
  gate: string,
  { verdict, reason }: Given,
  onBehalfOf: string | undefined,
): Refusal | null {
  if (verdict === 'recuse' && onBehalfOf !== undefined) {
    return refuse(
      'not-possible-here',
      'Nobody steps back for another: that would take the seat from its owner.',
      'Leave the decision to them, or to the other reviewers.',
    );
  }
  const outcome = outcomeFor(verdict);
  if (outcome !== null && !outcomesOf(process, gate).has(outcome)) {
    return refuse(
      'not-possible-here',
      `This gate has no way on when it is ${outcome}.`,
      'Give one of the other verdicts.',
    );
  }
  const compiled = process.gates.get(gate);
  const mustSayWhy = verdict !== 'approve' || (compiled !== undefined && isOnAPerson(process, compiled.gate));
  if (mustSayWhy && (reason ?? '').trim() === '') {
    return refuse('reason-required', 'This decision needs a reason.', 'Write the reason, and decide again.');
  }
  return null;
}

const outcomeOfVerdict = {
  approve: 'approved',
  reject: 'rejected',
  return: 'returned',
} as const satisfies Partial<Record<Verdict, GateOutcome>>;

/** What this verdict speaks for; null for one that leaves it to the others, or does not tell. */
export function outcomeFor(verdict: RecordedVerdict): GateOutcome | null {
  return verdict === 'abstain' || verdict === 'recuse' || verdict === 'sealed'
    ? null
    : outcomeOfVerdict[verdict];
}

/** The outcomes for which the gate's state has a transition. */
export function outcomesOf(
  { candidates }: Pick<CompiledProcess, 'candidates'>,
  gate: string,
): ReadonlySet<GateOutcome> {
  const byType = candidates.get(gate);
  return new Set(
    Object.values(outcomeOfVerdict).filter((outcome) =>
      byType?.has(`countersign.outcome.${gate}.${outcome}`),
    ),
  );
}
