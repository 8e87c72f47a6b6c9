/** What is wrong with one entry by itself: its bytes, its hash, what it says of its place, and its content. */
import type { Entry } from '../../schemas/entry.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { holdsCommitment, sha256Hex } from '../evidence/sha256.ts';
import type { ProblemKind, RecordedEntry } from './verify-instance.ts';

/** The entry's own bytes: what they say must be canonical, hash to the stored hash, and be about this place. */
export function alterationOf(
  { seq, text, hash }: RecordedEntry,
  { instance, definition }: { readonly instance: string; readonly definition: string },
): string | null {
  const entry = parseEntry(text);
  if (entry === null) return 'The text of the entry is not a JSON object any more.';
  if (canonicalText(entry) !== text) return 'The text of the entry is not canonical JSON any more.';
  if (sha256Hex(text) !== hash) return 'The text of the entry does not have the hash that is stored with it.';
  if (entry.instance !== instance) return `The entry is of another instance: ${entry.instance}.`;
  if (entry.seq !== seq) return `The entry says that it is number ${entry.seq}.`;
  if (entry.definition !== definition) return `The entry is of another definition: ${entry.definition}.`;
  return null;
}

/** Null when the text is no JSON object. What it holds is not looked at. */
export function parseEntry(text: string): Entry | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entry) : null;
  } catch {
    return null;
  }
}

function canonicalText(value: unknown): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}

export function contentProblem(
  { data, dataSalt }: RecordedEntry,
  entry: Entry | null,
): { readonly code: ProblemKind; readonly message: string } | null {
  if (data === null || dataSalt === null)
    return { code: 'content-missing', message: 'The data of the entry is gone.' };
  if (entry === null || holdsCommitment(entry.data, dataSalt, data)) return null;
  return { code: 'content-altered', message: 'The data of the entry is not what the entry is committed to.' };
}
