/** What Article 4.7 demands for a kind of decision before a proposal of it may take effect. */
import type { Decision, Gate, Meaning } from '../../schemas/process-definition.ts';
import { isCollective } from './quorum.ts';

const allThree: readonly Meaning[] = ['consider', 'appraise', 'approve'];

/** The acts to be recorded on a proposal, in their order. A kind that nobody classified counts as important. */
export function demandedActs(decision: Decision | undefined): readonly Meaning[] {
  if (decision?.personnel === true || decision?.importance !== 'ordinary') return allThree;
  return allThree.filter((act) => act === 'approve' || decision.acts?.includes(act));
}

/** Whether this gate may record the approval of that kind: for personnel only a collective vote does. */
export function mayApprove(decision: Decision | undefined, gate: Gate): boolean {
  if (gate.meaning !== 'approve') return false;
  return decision?.personnel !== true || (isCollective(gate) && gate.quorum?.of === 'members');
}

/** Whether what is decided here is on a person: then every decision says why, and a share is of all members. */
export function isOnAPerson(
  { decisions }: { readonly decisions: ReadonlyMap<string, Decision> },
  { binds }: Gate,
): boolean {
  return binds !== undefined && decisions.get(binds)?.personnel === true;
}
