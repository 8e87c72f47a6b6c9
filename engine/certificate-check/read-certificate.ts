/** The certificate's form. What is not exactly of this form is no certificate. */

/** States joined by " + ", in the order of the file. */
type Key = string;

export interface Certificate {
  /** Hash of the definition. */
  readonly definition: string;
  readonly rules: number;
  /** By the states the process may be in, then by kind of decision: what an undecided proposal may be there. */
  readonly facts: ReadonlyMap<Key, ReadonlyMap<string, readonly string[]>>;
  /** States of which it may still have to be heard, in these states, that they are done. */
  readonly waiting: ReadonlyMap<Key, readonly string[]>;
}

export function readCertificate(text: string): Certificate | null {
  const value = parse(text);
  if (!isRecord(value) || Object.keys(value).sort().join() !== 'definition,facts,rules,waiting') return null;
  const { definition, rules } = value;
  const waiting = toLists(value.waiting);
  if (typeof definition !== 'string' || typeof rules !== 'number') return null;
  if (!isRecord(value.facts) || waiting === null) return null;
  const facts = new Map<Key, ReadonlyMap<string, readonly string[]>>();
  for (const [states, written] of Object.entries(value.facts)) {
    const byKind = toLists(written);
    if (byKind === null) return null;
    facts.set(states, byKind);
  }
  return { definition, rules, facts, waiting };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function toLists(value: unknown): ReadonlyMap<Key, readonly string[]> | null {
  if (!isRecord(value)) return null;
  const lists = new Map<Key, readonly string[]>();
  for (const [key, list] of Object.entries(value)) {
    if (!Array.isArray(list)) return null;
    const texts = list.filter((one) => typeof one === 'string');
    if (texts.length !== list.length || new Set(texts).size !== texts.length || texts.length === 0)
      return null;
    lists.set(key, texts);
  }
  return lists;
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
