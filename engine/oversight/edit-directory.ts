/**
 * One entry of a directory as a file would say it: finding, replacing and removing it. It checks nothing: what comes
 * of it is checked as a whole.
 */
import type { DirectoryFile } from '../../schemas/directory.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sha256Hex } from '../evidence/sha256.ts';

export const entryKinds = ['roles', 'units', 'principals', 'bodies', 'delegations', 'absences'] as const;
export type EntryKind = (typeof entryKinds)[number];

export interface DirectoryEntry {
  readonly id: string;
  readonly entry: JsonObject;
}

export interface DirectoryEdit {
  readonly kind: EntryKind;
  /** Null: one that has no name of its own (a delegation, an absence) is added. */
  readonly id: string | null;
  /** Null: it is removed. */
  readonly entry: JsonObject | null;
}

/** Null where nothing of that name is there to be changed. */
export function editDirectory(file: DirectoryFile, { kind, id, entry }: DirectoryEdit): DirectoryFile | null {
  const entries = entriesOf(file, kind);
  const isThere = entries.some((one) => one.id === id);
  const mayBeNew = entry !== null && (id === null || !isNameless(kind));
  if (!isThere && !mayBeNew) return null;
  const kept = entries.map((one) => (one.id === id ? { id, entry } : one)).filter(hasEntry);
  const added = isThere || entry === null ? [] : [{ id: id ?? '', entry }];
  return withEntries(file, kind, [...kept, ...added]);
}

/** Delegations and absences have no name; the digest of what they say is one, as long as they say it. */
export function entriesOf(file: DirectoryFile, kind: EntryKind): readonly DirectoryEntry[] {
  if (kind === 'roles') {
    return Object.entries(file.roles).map(([id, role]) => ({ id, entry: { ...role } }));
  }
  const list = (file[kind] ?? []) as readonly JsonObject[];
  return list.map((entry) => ({
    id: isNameless(kind) ? sha256Hex(canonicalJson(entry)).slice(0, 32) : String(entry.id),
    entry,
  }));
}

export const isNameless = (kind: EntryKind) => kind === 'delegations' || kind === 'absences';

function withEntries(
  file: DirectoryFile,
  kind: EntryKind,
  entries: readonly DirectoryEntry[],
): DirectoryFile {
  // The shape is checked with the rest of the directory, before anything is done with it.
  const changed: unknown =
    kind === 'roles'
      ? Object.fromEntries(entries.map(({ id, entry }) => [id, entry]))
      : entries.map(({ id, entry }) => (isNameless(kind) ? entry : { ...entry, id }));
  return { ...file, [kind]: changed };
}

function hasEntry(one: { readonly id: string; readonly entry: JsonObject | null }): one is DirectoryEntry {
  return one.entry !== null;
}
