/**
 * The canonical text of an entry, broken where its own instance, seq, hashes and request stand. What is left is a
 * template that many entries of a batch share, so that the database has to read it once.
 */
import type { Entry } from '../../schemas/entry.ts';
import { canonicalMember, canonicalText } from './canonical-json.ts';
import { sortedMembers } from './member-writer.ts';
import { rememberLast } from './remember-last.ts';

/** What sealing adds to an entry. */
export interface Sealing {
  /** Commitment to the changed context; null where nothing changed. */
  readonly context: string | null;
  readonly data: string;
  readonly previous: string;
}

/** An entry without what only sealing can add. */
export type UnsealedEntry = Omit<Entry, keyof Sealing>;

/** The text between the values that are an entry's own: one more than there are of those. */
export type EntryTemplate = readonly string[];

/** The entry's own values, as they stand in its text, in the order in which they do. */
export type OwnValues = readonly [
  context: string,
  data: string,
  instance: string,
  previous: string,
  request: string,
  seq: string,
];

/** The whole text, as `canonicalJson` gives it for the entry with `sealing` added. */
export function entryText(entry: UnsealedEntry, sealing: Sealing): string {
  return fillTemplate(toTemplate(entry, sealing.context !== null), ownValues(entry, sealing));
}

export function fillTemplate(template: EntryTemplate, values: OwnValues): string {
  let text = template[0] ?? '';
  for (let index = 0; index < values.length; index += 1) {
    text += `${values[index] ?? ''}${template[index + 1] ?? ''}`;
  }
  return text;
}

export function ownValues({ instance, request, seq }: UnsealedEntry, sealing: Sealing): OwnValues {
  const { context, data, previous } = sealing;
  return [
    context ?? '',
    data,
    canonicalText(instance),
    canonicalText(previous),
    canonicalText(request),
    String(seq),
  ];
}

/** `hasContext`: whether there is a commitment to the changed context. Without one its place is there, and empty. */
export function toTemplate(entry: UnsealedEntry, hasContext: boolean): EntryTemplate {
  return stretches.map(({ before, members, after }) => {
    let text = before === 'context' && !hasContext ? '' : quoteOf(before);
    for (const { name, opening, write } of members) {
      const value = entry[name as keyof UnsealedEntry];
      if (value !== undefined) text += `${name === 'actor' ? '{' : ','}${opening}${write(value as never)}`;
    }
    return after === 'context' && !hasContext ? text : text + closingOf(after);
  });
}

/**
 * As `toTemplate`, and the very same template for entries alike: steps of one batch mostly differ in nothing but what
 * is their own.
 */
export function sharedTemplate(entry: UnsealedEntry, hasContext: boolean): EntryTemplate {
  return hasContext ? templateWithContext(entry) : templateWithout(entry);
}

const templateWithContext = rememberLast((entry: UnsealedEntry) => toTemplate(entry, true), isAlike);
const templateWithout = rememberLast((entry: UnsealedEntry) => toTemplate(entry, false), isAlike);

function isAlike(one: UnsealedEntry, other: UnsealedEntry): boolean {
  return members.every(({ name }) =>
    isSame(one[name as keyof UnsealedEntry], other[name as keyof UnsealedEntry]),
  );
}

/** Lists are looked into; other objects are the same only as the very same. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (!Array.isArray(one) || !Array.isArray(other) || one.length !== other.length) return false;
  return one.every((item, index) => item === other[index]);
}

type Own = keyof typeof quotes;

/** The members whose values are the entry's own, in their order, and what stands around the value. */
const quotes = { context: '"', data: '"', instance: '"', previous: '"', request: '"', seq: '' } as const;
const owns = Object.keys(quotes) as Own[];

const quoteOf = (own: Own | null) => (own === null ? '' : quotes[own]);
const closingOf = (own: Own | null) => (own === null ? '}' : `,"${own}":${quotes[own]}`);

/** `actor` comes before all others, and is always there. */
const members = sortedMembers<Omit<Entry, Own>>({
  actor: rememberLast(canonicalMember),
  attended: canonicalMember,
  authentication: canonicalMember,
  candidates: canonicalMember,
  counted: canonicalMember,
  definition: canonicalMember,
  event: canonicalMember,
  format: canonicalMember,
  from: canonicalMember,
  gate: canonicalMember,
  kind: canonicalMember,
  migration: canonicalMember,
  proposal: canonicalMember,
  responsible: canonicalMember,
  time: canonicalMember,
  to: canonicalMember,
});

/** The members between one of the entry's own (null: the beginning) and the next (null: the end). */
const stretches = [null, ...owns].map((before, index) => {
  const after = owns[index] ?? null;
  const between = ({ name }: { readonly name: string }) =>
    (before === null || name > before) && (after === null || name < after);
  return { before, after, members: members.filter(between) };
});
