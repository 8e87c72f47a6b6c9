/**
 * What an approval is bound to, as digests: the subject a reviewer saw, the proposal in it, and the
 * decision itself. Each is the SHA-256 of canonical JSON, so anyone can work it out again from the record.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Gate } from '../../schemas/process-definition.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { RecordedVerdict } from '../step/stimulus.ts';
import { candidatesFor, type Proposed } from './candidates.ts';
import type { ActorSnapshot } from './directory.ts';

/** Everything the agent handed in, and where: the same payload in another case is another proposal. */
export function proposalDigest(proposal: {
  readonly instance: string;
  readonly definition: string;
  readonly decision: string;
  readonly payload: JsonObject;
  readonly proposer: string;
  readonly operator: string | null;
  readonly provenance: JsonObject;
}): string {
  const { instance, definition, decision, payload, proposer, operator, provenance } = proposal;
  return digest('proposal', { instance, definition, decision, payload, proposer, operator, provenance });
}

/**
 * What is decided at a gate: the bound proposal where there is one, or all among which one is chosen, and the context
 * they stand in. Whoever approves has seen it all, so a change of any of it is another subject. So is what was changed
 * and changed back: `edited` is the seq of the entry that changed it last since the gate opened, null for none.
 */
export function subjectDigest(
  instance: string,
  gate: Gate,
  state: Proposed,
  context: JsonObject,
  edited: number | null,
): string {
  const since = edited === null ? {} : { edited };
  const candidates = candidatesFor(state, gate);
  if (candidates.length > 0) {
    const proposals = candidates.map((one) => one.digest);
    return digest('proposals-in-context', { instance, proposals, context, ...since });
  }
  const proposal = gate.binds === undefined ? undefined : state.proposals[gate.binds];
  return proposal === undefined
    ? digest('context', { instance, context, ...since })
    : digest('proposal-in-context', { instance, proposal: proposal.digest, context, ...since });
}

export interface DecisionParts {
  readonly instance: string;
  readonly definition: string;
  readonly gate: string;
  readonly opened: number;
  readonly meaning: string;
  readonly subject: string;
  /** The kind of decision the gate binds. */
  readonly decision: string | null;
  readonly verdict: RecordedVerdict;
  /** Digest of the proposal that is approved, where the decision names it. */
  readonly choice?: string;
  /** What a sealed decision is committed to. */
  readonly ballot?: string;
  readonly actor: ActorSnapshot;
  readonly roster: readonly string[];
  /** The context the reviewer was shown. */
  readonly context: JsonObject;
  readonly time: string;
  /** Seq of the entry that is committed to the view they gave before, where the gate asks for one. */
  readonly view?: number;
}

/**
 * Everything the reviewer decided on, and by what authority. The reason is not in it: this digest stands in
 * the entry in the clear, and a short reason could be guessed from it after it was destroyed. The entry's
 * salted commitment to its data binds the reason instead.
 */
export function decisionDigest(parts: DecisionParts): string {
  const { actor, roster, context, ...rest } = parts;
  const { kind: _, ...authority } = actor;
  return digest('decision', {
    ...rest,
    authority,
    roster: sha256Hex(canonicalJson(roster)),
    context: sha256Hex(canonicalJson(context)),
  });
}

/** `of` keeps digests of different things apart, whatever their members hold. */
function digest(of: string, members: { readonly [name: string]: Json }): string {
  return sha256Hex(canonicalJson({ format: 1, of, ...members }));
}
