/**
 * Reads the filters that identity providers send: comparisons joined by `and` (RFC 7644, 3.4.2.2). What it does not
 * know it refuses, since a filter that is half understood finds the wrong people. Short and flat, it costs nothing.
 */
import { type ScimProblem, scimProblem } from './scim-problem.ts';

const operators = ['eq', 'ne', 'co', 'sw', 'ew', 'pr'] as const;

export interface Comparison {
  /** In lower case, without the prefix of a core schema. */
  readonly attribute: string;
  readonly operator: (typeof operators)[number];
  readonly value: string | boolean | null;
}

const longestFilter = 2000;
const mostComparisons = 10;
const token = /\s*(?:("(?:[^"\\]|\\.)*")|([^\s"()[\]]+))/y;

export function readFilter(text: string): readonly Comparison[] | ScimProblem {
  if (text.length > longestFilter) return refuseFilter(`is longer than ${longestFilter} characters`);
  const tokens = tokensOf(text.trim());
  if (tokens === null)
    return refuseFilter('has groups, or characters that no comparison has; join comparisons by `and`');
  const comparisons: Comparison[] = [];
  let at = 0;
  while (at < tokens.length) {
    if (comparisons.length > 0) {
      if (tokens[at]?.toLowerCase() !== 'and') return refuseFilter('joins by something else than `and`');
      at += 1;
    }
    const [name = '', word = ''] = tokens.slice(at, at + 2);
    const operator = operators.find((one) => one === word.toLowerCase());
    if (!/^[a-z][\w$:.-]*$/i.test(name) || operator === undefined)
      return refuseFilter(`does not begin a comparison at ${JSON.stringify(name.slice(0, 60))}`);
    const value = operator === 'pr' ? null : comparedWith(tokens[at + 2] ?? '');
    if (value === undefined) return refuseFilter('compares with what is no text, true, false or null');
    comparisons.push({ attribute: attributeOf(name), operator, value });
    if (comparisons.length > mostComparisons)
      return refuseFilter(`has more than ${mostComparisons} comparisons`);
    at += operator === 'pr' ? 2 : 3;
  }
  return comparisons.length === 0 ? refuseFilter('is empty') : comparisons;
}

/** Whatever its case, as userName and displayName are compared; ids and externalId exactly. */
export function holds(
  { operator, value }: Comparison,
  is: string | boolean | null,
  caseExact: boolean,
): boolean {
  if (operator === 'pr') return is !== null;
  const fold = (one: string | boolean | null) =>
    typeof one === 'string' && !caseExact ? one.toLowerCase() : one;
  // Entra ID writes a boolean as text.
  const wanted =
    typeof is === 'boolean' && typeof value === 'string' ? value.toLowerCase() === 'true' : value;
  const [left, right] = [fold(is), fold(wanted)];
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  if (operator === 'co') return left.includes(right);
  return operator === 'sw' ? left.startsWith(right) : left.endsWith(right);
}

/** In lower case, since attribute names have none, and without what a core schema puts before them. */
export function attributeOf(name: string): string {
  return name.toLowerCase().replace(/^urn:ietf:params:scim:schemas:core:2\.0:(?:user|group):/, '');
}

function tokensOf(text: string): readonly string[] | null {
  const tokens: string[] = [];
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) return null;
    tokens.push(found[1] ?? found[2] ?? '');
  }
  return tokens;
}

function comparedWith(text: string): string | boolean | null | undefined {
  if (/^true$/i.test(text)) return true;
  if (/^false$/i.test(text)) return false;
  if (text === 'null') return null;
  if (!text.startsWith('"')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

const refuseFilter = (what: string) => scimProblem(400, 'invalidFilter', `The filter ${what}.`);
