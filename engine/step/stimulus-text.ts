/** A stimulus as the record keeps it: canonical JSON. */
import { canonicalMember } from '../evidence/canonical-json.ts';
import { memberWriter } from '../evidence/member-writer.ts';
import { rememberLast } from '../evidence/remember-last.ts';
import type { Stimulus } from './stimulus.ts';

export const stimulusText = memberWriter<Stimulus>({
  actor: rememberLast(canonicalMember),
  authentication: canonicalMember,
  body: canonicalMember,
  calendar: canonicalMember,
  request: canonicalMember,
  time: canonicalMember,
});
