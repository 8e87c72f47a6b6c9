/** The state of an instance as the ledger stores it: canonical JSON. */
import { canonicalMember } from '../evidence/canonical-json.ts';
import { memberWriter } from '../evidence/member-writer.ts';
import type { StoredState } from './stored-state.ts';

export const stateText = memberWriter<StoredState>({
  acted: canonicalMember,
  candidates: canonicalMember,
  context: canonicalMember,
  drafters: canonicalMember,
  gates: canonicalMember,
  history: canonicalMember,
  initiator: canonicalMember,
  output: canonicalMember,
  proposals: canonicalMember,
  requests: canonicalMember,
  responsible: canonicalMember,
  status: canonicalMember,
  timers: canonicalMember,
  value: canonicalMember,
});
