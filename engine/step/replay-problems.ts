/** Compares a step, as the definition makes it, with the entry that records it. */
import type { Entry } from '../../schemas/entry.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { entryText } from '../evidence/entry-template.ts';
import { commitmentOf, holdsCommitment, isSalt, sha256Hex } from '../evidence/sha256.ts';
import type { Refusal, Step } from './step.ts';
import type { Problem, RecordedEntry } from './verify-instance.ts';

/**
 * Whether sealing the step again, after the entry whose hash is `previous`, gives the very bytes and the hash
 * that are stored. Where it does, everything about the entry is as it should be, and nothing else is asked.
 */
export function isSealedAs(step: Step, recorded: RecordedEntry, previous: string): boolean {
  const { data, dataSalt, changedSalt, text, hash } = recorded;
  if (data === null || dataSalt === null || (step.changed === null) !== (changedSalt === null)) return false;
  if (!isSalt(dataSalt) || (changedSalt !== null && !isSalt(changedSalt))) return false;
  const context = changedSalt === null ? null : commitmentOf(changedSalt, canonicalJson(step.changed));
  const commitments = { context, data: commitmentOf(dataSalt, data), previous };
  return entryText(step.entry, commitments) === text && sha256Hex(text) === hash;
}

export type Difference = Pick<Problem, 'code' | 'message'>;

export const disagreement = (why: string): Difference => ({
  code: 'replay-differs',
  message: `The entry and the definition disagree: ${why}`,
});

/** Null when the step is exactly what the entry records; `entry` is null where its text is none any more. */
export function differenceOf(
  result: Step | Refusal,
  recorded: RecordedEntry,
  entry: Entry | null,
): Difference | null {
  if (result.kind === 'refusal') return disagreement(`replay refuses it. ${result.message}`);
  if (entry === null) return null;
  const { data: _, context, previous: __, ...draft } = entry;
  const differing = differingMembers(draft, result.entry);
  if (differing.length > 0) return disagreement(`replay gives other values of ${differing.join(', ')}.`);
  if (changedMatches(result.changed, recorded.changedSalt, context)) return null;
  return {
    code: 'content-altered',
    message: 'The context that the step changed is not what the entry is committed to.',
  };
}

function changedMatches(
  changed: JsonObject | null,
  salt: string | null,
  commitment: string | undefined,
): boolean {
  if (changed === null) return commitment === undefined && salt === null;
  return salt !== null && holdsCommitment(commitment, salt, canonicalJson(changed));
}

function differingMembers(recorded: object, replayed: object): readonly string[] {
  const is = new Map(Object.entries(recorded));
  const should = new Map(Object.entries(replayed));
  const names = [...new Set([...is.keys(), ...should.keys()])].sort();
  return names.filter((name) => textOf(is.get(name)) !== textOf(should.get(name)));
}

const textOf = (value: unknown) => (value === undefined ? '' : canonicalJson(value));
