/**
 * Makes an entry final: adds the commitments to its content and its place in the chain, and hashes it.
 * It draws no salt and knows no clock; both come from the shell.
 */

import type { Entry } from '../../schemas/entry.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from './canonical-json.ts';
import type { SealedEntry } from './sealed-entry.ts';
import { commitmentOf, sha256Hex } from './sha256.ts';

/** An entry without what only sealing can add. */
export type UnsealedEntry = Omit<Entry, 'data' | 'context' | 'previous'>;

export interface EntryContent {
  /** The stimulus, whole. */
  readonly data: JsonObject;
  /** Context fields that changed; null when none did. */
  readonly changed: JsonObject | null;
}

/** Fresh random salts, 32 bytes each in hexadecimal. One salt MUST never serve two commitments. */
export interface EntrySalts {
  readonly data: string;
  readonly changed: string;
}

/** Seals a draft after the entry whose hash is `previous` (`noPrevious` for an instance's first). */
export function sealEntry(
  draft: UnsealedEntry,
  content: EntryContent,
  previous: string,
  salts: EntrySalts,
): SealedEntry {
  const data = canonicalJson(content.data);
  const entry: Entry = { ...draft, data: commitmentOf(salts.data, data), previous };
  if (content.changed !== null) entry.context = commitmentOf(salts.changed, canonicalJson(content.changed));
  const text = canonicalJson(entry);
  return {
    text,
    hash: sha256Hex(text),
    previous,
    data,
    dataSalt: salts.data,
    changedSalt: content.changed === null ? null : salts.changed,
  };
}
