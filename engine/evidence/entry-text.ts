/**
 * The canonical text of an entry, with its members written in the one order there is. It is the same text that
 * `canonicalJson` gives, without looking for the members and sorting them: verification writes millions of them.
 */
import type { Entry } from '../../schemas/entry.ts';
import { canonicalJson } from './canonical-json.ts';

/** What sealing adds to an entry. */
export interface Sealing {
  readonly context: string | undefined;
  readonly data: string;
  readonly previous: string;
}

export function entryText(entry: Omit<Entry, keyof Sealing>, sealing: Sealing): string {
  let text = '';
  for (const [name, opening] of members) {
    const value = name === 'context' || name === 'data' || name === 'previous' ? sealing[name] : entry[name];
    if (value !== undefined) text += opening + (name === 'seq' ? String(value) : canonicalJson(value));
  }
  return `{${text.slice(1)}}`;
}

/** Every member, so that none can be forgotten when a new one is added to the schema. */
const every: { readonly [member in keyof Required<Entry>]: true } = {
  actor: true,
  attended: true,
  authentication: true,
  candidates: true,
  context: true,
  counted: true,
  data: true,
  definition: true,
  event: true,
  format: true,
  from: true,
  gate: true,
  instance: true,
  kind: true,
  migration: true,
  previous: true,
  proposal: true,
  request: true,
  responsible: true,
  seq: true,
  time: true,
  to: true,
};

const members = (Object.keys(every) as (keyof Entry)[])
  .sort()
  .map((name): readonly [keyof Entry, string] => [name, `,"${name}":`]);
