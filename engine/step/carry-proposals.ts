/**
 * What becomes of the proposals of an instance in a migration. None is ever approved by it (P4). A live one
 * keeps an act only where every gate that could have recorded it stands unchanged, and every act before it is
 * kept; what the gate it now waits at is about to record is recorded anew. An approved one stays approved only
 * where the other definition demands no act that it lacks.
 */
import type { Decision, Meaning } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { demandedActs } from '../oversight/demanded-acts.ts';
import type { Blockers } from './blockers.ts';
import { imagesOf, type Landing, meanings, type StateMap } from './map-states.ts';
import type { HeldProposal, StoredState } from './stored-state.ts';

export function carryProposals(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
  { proposals }: StoredState,
  landing: Landing | null,
  blockers: Blockers,
): StoredState['proposals'] {
  const carried: { [kind: string]: HeldProposal } = {};
  for (const [kind, held] of Object.entries(proposals)) {
    const why = obstacle(from.decisions.get(kind), to.decisions.get(kind), kind, held);
    if (why !== null) blockers.add('not-countersigned', kind, why);
    const before = meaningOfNextGate(to, kind, landing);
    const keeps = (act: Meaning) => meanings.indexOf(act) < before && stands(from, to, map, kind, act);
    const end = held.status === 'approved' ? -1 : held.acts.findIndex((act) => !keeps(act));
    const acts = end === -1 ? held.acts : held.acts.slice(0, end);
    // The digest was made under the definition that the agent was asked by, and names it for ever.
    carried[kind] = { ...held, acts, definition: held.definition ?? from.hash };
  }
  return carried;
}

/**
 * Where several agents are asked, their proposals go before the people together and one is chosen: by the rules that
 * they were handed in under.
 */
export function checkNobodyChooses({ candidates, requests }: StoredState, blockers: Blockers): void {
  for (const [state, { candidates: came }] of Object.entries(requests)) {
    if (came === undefined) continue;
    const why = `Agents have handed in proposals for "${state}", and others may still.`;
    blockers.add(
      'not-possible-here',
      state,
      `${why} Let the request close, or take the step out of their hands.`,
    );
  }
  for (const kind of Object.keys(candidates ?? {})) {
    const why = `It holds several proposals of "${kind}", and nobody chose one of them yet.`;
    blockers.add('not-countersigned', kind, `${why} Let the people at its gate decide first.`);
  }
}

/** The place, among the acts of Article 4.7, of the act that the gate it would wait at records. */
function meaningOfNextGate(to: CompiledProcess, kind: string, landing: Landing | null): number {
  const places = [...(landing?.origins.keys() ?? [])].flatMap((state) => {
    const gate = to.gates.get(state)?.gate;
    return gate?.binds === kind ? [meanings.indexOf(gate.meaning)] : [];
  });
  return Math.min(meanings.length, ...places);
}

function obstacle(
  was: Decision | undefined,
  is: Decision | undefined,
  kind: string,
  { status, acts }: HeldProposal,
): string | null {
  if (is === undefined) {
    return status === 'live'
      ? `It holds a live proposal of "${kind}", and the other definition knows no such decision. Let the people at its gate decide first.`
      : null;
  }
  if (status === 'live') return null;
  const missing = demandedActs(is).filter((act) => !acts.includes(act));
  if (missing.length > 0)
    return `Its proposal of "${kind}" was approved, and the other definition demands acts that are not on it: ${missing.join(', ')}.`;
  return is.personnel === true && was?.personnel !== true
    ? `Its proposal of "${kind}" was approved, and the other definition demands a collective vote on it.`
    : null;
}

/** Whether each gate that records this act on this kind of decision is, in the other definition, the very same. */
function stands(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
  kind: string,
  act: Meaning,
): boolean {
  if (canonicalJson(from.decisions.get(kind)) !== canonicalJson(to.decisions.get(kind))) return false;
  if (from.definition.subject !== to.definition.subject) return false;
  const gates = [...from.gates.values()].filter(({ gate }) => gate.binds === kind && gate.meaning === act);
  return (
    gates.length > 0 &&
    gates.every(({ state, gate }) => {
      const images = imagesOf(map, state) ?? [];
      const is = to.gates.get(images[0] ?? '')?.gate;
      return images.length === 1 && is !== undefined && canonicalJson(is) === canonicalJson(gate);
    })
  );
}

/** A field that the other definition protects must hold what this one protected too, or nothing. */
export function checkProtectedFields(
  from: CompiledProcess,
  to: CompiledProcess,
  context: StoredState['context'],
  blockers: Blockers,
): void {
  for (const [field, kind] of to.decisionFields) {
    const value = memberOf(context, field);
    if (value === undefined || value === null || from.decisionFields.get(field) === kind) continue;
    blockers.add(
      'not-countersigned',
      field,
      `"${field}" holds a value that no approved proposal of "${kind}" put there, and in the other definition nothing else may.`,
    );
  }
}
