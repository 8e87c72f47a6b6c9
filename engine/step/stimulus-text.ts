/** A stimulus as the record keeps it: canonical JSON. */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberWriter } from '../evidence/member-writer.ts';
import { rememberLast } from '../evidence/remember-last.ts';
import type { Stimulus } from './stimulus.ts';

export const stimulusText = memberWriter<Stimulus>({
  actor: rememberLast(canonicalJson),
  authentication: canonicalJson,
  body: canonicalJson,
  calendar: canonicalJson,
  request: canonicalJson,
  time: canonicalJson,
});
