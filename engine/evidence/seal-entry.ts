/**
 * Makes an entry final: adds the commitments to its content and its place in the chain, and hashes it.
 * It draws no salt and knows no clock; both come from the shell.
 */

import type { JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from './canonical-json.ts';
import { fillTemplate, ownValues, sharedTemplate, type UnsealedEntry } from './entry-template.ts';
import type { SealedEntry } from './sealed-entry.ts';
import { commitmentOf, sha256Hex } from './sha256.ts';

export interface EntryContent {
  /** The stimulus, whole, as canonical JSON. */
  readonly data: string;
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
  { data, changed }: EntryContent,
  previous: string,
  salts: EntrySalts,
): SealedEntry {
  const context = changed === null ? null : commitmentOf(salts.changed, canonicalJson(changed));
  const sealing = { context, data: commitmentOf(salts.data, data), previous };
  const template = sharedTemplate(draft, context !== null);
  const own = ownValues(draft, sealing);
  const text = fillTemplate(template, own);
  return {
    text,
    hash: sha256Hex(text),
    previous,
    parts: { template, request: own[4], context, data: sealing.data },
    data,
    dataSalt: salts.data,
    changedSalt: context === null ? null : salts.changed,
  };
}
