/** An entry with its commitments and its place in the chain, ready to be stored. */
import type { EntryTemplate } from './entry-template.ts';

export interface SealedEntry {
  /** The entry as canonical JSON (RFC 8785): exactly the bytes that were hashed, as UTF-8 text. */
  readonly text: string;
  /** SHA-256 of those bytes, hexadecimal. */
  readonly hash: string;
  readonly previous: string;
  readonly parts: EntryParts;
  /** The stimulus as canonical JSON, and the 32-byte salt (hexadecimal) of its commitment. */
  readonly data: string;
  readonly dataSalt: string;
  /** Salt of the commitment to the changed context; null when nothing changed. Its content is found by replay. */
  readonly changedSalt: string | null;
}

/**
 * The text in parts, for the ledger. They prove nothing: the database puts the text together again, with an
 * instance, a seq and a hash before that it knows, and compares the hash.
 */
export interface EntryParts {
  readonly template: EntryTemplate;
  /** As it stands between the quotes. */
  readonly request: string;
  /** The commitments; null where the entry has none. */
  readonly context: string | null;
  readonly data: string | null;
}

/** `previous` of an instance's first entry. */
export const noPrevious = '0'.repeat(64);
