/**
 * The functions expressions may call, and our own in place of those of the CEL library that can be made
 * to run long (backtracking `matches`, `duration`), to build without end (`join`, `split`), or that give
 * different answers on different machines (dates read in the host's time zone).
 */
import { Environment } from '@marcbachmann/cel-js';
import { dataLimits } from './data-limits.ts';
import { spendCharacters } from './evaluation-budget.ts';
import { compilePattern, type LinearPattern, longestMatched } from './linear-pattern.ts';
import { isInstant } from './schema-formats.ts';

/** Functions the library may keep doing, by name and number of arguments, receiver included for methods. */
export const libraryFunctions: ReadonlySet<string> = new Set([
  ...['int/1', 'double/1', 'string/1', 'bool/1', 'dyn/1', 'has/1'],
  ...['.startsWith/1', '.endsWith/1', '.substring/1', '.substring/2'],
  ...['.getFullYear/0', '.getMonth/0', '.getDate/0', '.getDayOfMonth/0'],
  ...['.getDayOfWeek/0', '.getHours/0', '.getMinutes/0', '.getSeconds/0', '.getMilliseconds/0'],
  ...['.all/2', '.exists/2', '.exists_one/2', '.map/2', '.map/3', '.filter/2'],
]);

/** Functions that are ours under the library's name: name and arguments -> the name they are registered by. */
export const ownFunctions: ReadonlyMap<string, string> = new Map([
  ['timestamp/1', 'instantOf'],
  ['duration/1', 'durationOf'],
  ['size/1', 'sizeOf'],
  ['.size/0', 'sizeOf'],
  ['.trim/0', 'trimText'],
  ['.lowerAscii/0', 'lowerText'],
  ['.upperAscii/0', 'upperText'],
  ['.matches/1', 'matchesLinear'],
  ['.contains/1', 'containsText'],
  ['.indexOf/1', 'indexOfText'],
  ['.lastIndexOf/1', 'lastIndexOfText'],
  ['.split/1', 'splitText'],
  ['.join/0', 'joinTexts'],
  ['.join/1', 'joinTexts'],
]);

/** JavaScript's own search takes time with the product of both lengths in the worst case. */
const longestNeedle = 200;

const sync = { async: false };

function needle(text: string): string {
  if (text.length > longestNeedle)
    throw new Error(`a text to look for has at most ${longestNeedle} characters`);
  return text;
}

const patterns = new Map<string, LinearPattern>();
const mostPatterns = 200;

// Patterns are nearly always written in the expression, so few are ever kept.
function patternOf(text: string): LinearPattern {
  const known = patterns.get(text);
  if (known !== undefined) return known;
  const compiled = compilePattern(text);
  if (patterns.size >= mostPatterns) patterns.clear();
  patterns.set(text, compiled);
  return compiled;
}

const durationForm = /^-?(\d{1,12}(\.\d{1,9})?(h|ms|m|s)){1,4}$/;
const library = new Environment();
const libraryDuration = library.registerVariable('text', 'string').parse('duration(text)');

/** The environment every definition's own starts from. */
export const baseEnvironment: Environment = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 1000, maxDepth: 60, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 8 },
})
  .registerFunction(
    'instantOf(string): google.protobuf.Timestamp',
    (text: string) => {
      if (!isInstant(text))
        throw new Error('timestamp() takes an instant with its offset, such as 2026-01-31T08:00:00Z');
      return new Date(text);
    },
    sync,
  )
  .registerFunction(
    'durationOf(string): google.protobuf.Duration',
    (text: string) => {
      if (!durationForm.test(text))
        throw new Error('duration() takes hours, minutes and seconds, such as 36h or 1h30m');
      return libraryDuration({ text });
    },
    sync,
  )
  .registerFunction(
    'string.matchesLinear(string): bool',
    (text: string, pattern: string) => {
      if (text.length > longestMatched)
        throw new Error(`matches() takes texts of at most ${longestMatched} characters`);
      spendCharacters(text.length * 20);
      return patternOf(pattern).test(text);
    },
    sync,
  )
  .registerFunction('sizeOf(string): int', sizeOfText, sync)
  .registerFunction('string.sizeOf(): int', sizeOfText, sync)
  .registerFunction('sizeOf(list): int', sizeOfList, sync)
  .registerFunction('list.sizeOf(): int', sizeOfList, sync)
  .registerFunction('sizeOf(map): int', sizeOfMap, sync)
  .registerFunction('map.sizeOf(): int', sizeOfMap, sync)
  .registerFunction('string.trimText(): string', (text: string) => counted(text).trim(), sync)
  .registerFunction(
    'string.lowerText(): string',
    (text: string) => counted(text).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
    sync,
  )
  .registerFunction(
    'string.upperText(): string',
    (text: string) => counted(text).replace(/[a-z]+/g, (part) => part.toUpperCase()),
    sync,
  )
  .registerFunction(
    'string.containsText(string): bool',
    (text: string, part: string) => {
      spendCharacters(text.length);
      return text.includes(needle(part));
    },
    sync,
  )
  .registerFunction(
    'string.indexOfText(string): int',
    (text: string, part: string) => {
      spendCharacters(text.length);
      return BigInt(text.indexOf(needle(part)));
    },
    sync,
  )
  .registerFunction(
    'string.lastIndexOfText(string): int',
    (text: string, part: string) => {
      spendCharacters(text.length);
      return BigInt(text.lastIndexOf(needle(part)));
    },
    sync,
  )
  .registerFunction(
    'string.splitText(string): list<string>',
    (text: string, separator: string) => {
      spendCharacters(text.length);
      const parts = text.split(needle(separator), dataLimits.items + 1);
      if (parts.length > dataLimits.items) throw new Error(`split() gives at most ${dataLimits.items} texts`);
      return parts;
    },
    sync,
  )
  .registerFunction(
    'list<string>.joinTexts(): string',
    (texts: readonly string[]) => joinTexts(texts, ''),
    sync,
  )
  .registerFunction('list<string>.joinTexts(string): string', joinTexts, sync);

function joinTexts(texts: readonly string[], separator: string): string {
  const length = texts.reduce((total, text) => total + text.length + separator.length, 0);
  spendCharacters(length);
  if (length > dataLimits.characters)
    throw new Error(`join() gives at most ${dataLimits.characters} characters`);
  return texts.join(separator);
}

/** For what looks at every character in JavaScript, which takes longer than a search does. */
function counted(text: string): string {
  spendCharacters(text.length * 3);
  return text;
}

/** In code points, as CEL counts. */
function sizeOfText(text: string): bigint {
  let size = 0;
  for (const _character of counted(text)) size += 1;
  return BigInt(size);
}

function sizeOfList(list: readonly unknown[]): bigint {
  return BigInt(list.length);
}

function sizeOfMap(map: object): bigint {
  return BigInt(Object.keys(map).length);
}
