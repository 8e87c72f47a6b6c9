/** The state of an instance as the ledger stores it: canonical JSON. */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberWriter } from '../evidence/member-writer.ts';
import type { StoredState } from './stored-state.ts';

export const stateText = memberWriter<StoredState>({
  acted: canonicalJson,
  candidates: canonicalJson,
  context: canonicalJson,
  drafters: canonicalJson,
  gates: canonicalJson,
  history: canonicalJson,
  initiator: canonicalJson,
  output: canonicalJson,
  proposals: canonicalJson,
  requests: canonicalJson,
  responsible: canonicalJson,
  status: canonicalJson,
  timers: canonicalJson,
  value: canonicalJson,
});
