/**
 * Decides whether a rule on who may act lets more people through than another. What a CEL expression
 * means is not decided: equal text is equal, and any other is changed. It knows nothing of what the rule is for.
 */
import type { Allow, Selector } from '../../schemas/process-definition.ts';

export interface AllowDifference {
  readonly change: 'same' | 'widened' | 'narrowed' | 'changed';
  /** What the second lets through beyond the first, in words; empty where nothing. */
  readonly added: string;
  /** What the first lets through beyond the second. */
  readonly removed: string;
}

/** A conjunction: condition names with one value each, such as `role:clerk`. */
type Term = ReadonlySet<string>;

/** More than this many ways through a rule are not written out. */
const mostTerms = 2000;

/**
 * Without negation, one rule contains another exactly when each of its ways through needs at least what
 * some way through the other needs. So "widened" is always right; where neither contains the other it is "changed".
 */
export function compareAllow(a: Allow | undefined, b: Allow | undefined): AllowDifference {
  const termsA = termsOf(a);
  const termsB = termsOf(b);
  if (termsA === null || termsB === null) {
    const same = JSON.stringify(a) === JSON.stringify(b);
    return same ? nothing('same') : { change: 'changed', added: describeAllow(b), removed: describeAllow(a) };
  }
  const added = termsB.filter((term) => !isCovered(term, termsA));
  const removed = termsA.filter((term) => !isCovered(term, termsB));
  const change =
    added.length === 0
      ? removed.length === 0
        ? 'same'
        : 'narrowed'
      : removed.length === 0
        ? 'widened'
        : 'changed';
  return { change, added: describeTerms(added), removed: describeTerms(removed) };
}

/** A rule in words. */
export function describeAllow(allow: Allow | undefined): string {
  const terms = termsOf(allow);
  if (terms === null) return 'many people';
  return terms.length === 0 ? 'nobody' : describeTerms(terms);
}

function nothing(change: 'same'): AllowDifference {
  return { change, added: '', removed: '' };
}

function isCovered(term: Term, terms: readonly Term[]): boolean {
  return terms.some((other) => [...other].every((condition) => term.has(condition)));
}

/** Every way through the rule, lists of values written out; null where that is too long. */
function termsOf(allow: Allow | undefined): readonly Term[] | null {
  const selectors = allow === undefined ? [] : Array.isArray(allow) ? allow : [allow];
  const terms: Term[] = [];
  for (const selector of selectors) {
    const ways = waysThrough(selector);
    if (ways === null || terms.length + ways.length > mostTerms) return null;
    terms.push(...ways);
  }
  return terms;
}

function waysThrough(selector: Selector): readonly Term[] | null {
  let ways: string[][] = [[]];
  for (const [name, value] of conditionsOf(selector)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (ways.length * values.length > mostTerms) return null;
    ways = ways.flatMap((way) => values.map((one) => [...way, `${name}:${String(one)}`]));
  }
  return ways.map((way) => new Set(way));
}

/** In a unit is also in it or beneath it; so a rule that takes the units beneath as well is the wider one. */
function conditionsOf({ unit, subunits, ...rest }: Selector): readonly (readonly [string, unknown])[] {
  const others = Object.entries(rest);
  if (unit === undefined) return subunits === undefined ? others : [...others, ['subunits', subunits]];
  return [...others, ...(subunits === true ? [] : [['unit', unit] as const]), [beneath, unit]];
}

const beneath = 'unit or one beneath it';

function describeTerms(terms: readonly Term[]): string {
  const shown = terms.slice(0, 4).map(describeTerm);
  const rest = terms.length - shown.length;
  return rest > 0 ? `${shown.join('; ')}; and ${rest} more` : shown.join('; or ');
}

function describeTerm(term: Term): string {
  const conditions = [...term].map((condition) => {
    const at = condition.indexOf(':');
    return { name: condition.slice(0, at), value: condition.slice(at + 1) };
  });
  const isInUnit = conditions.some(({ name }) => name === 'unit');
  const who = conditions
    .filter(({ name }) => name !== 'expression' && !(isInUnit && name === beneath))
    .map(({ name, value }) => (name === 'initiator' ? 'the initiator' : `${name} ${value}`));
  const where = conditions.filter(({ name }) => name === 'expression').map(({ value }) => `where ${value}`);
  return [who.length === 0 ? 'anyone' : who.join(' and '), ...where].join(', ');
}
