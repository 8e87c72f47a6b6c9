/**
 * Regular expressions that take time in proportion to the text: RE2, without backtracking. The engines
 * built into JavaScript can be made to run for years by thirty characters, so nothing from a definition
 * ever reaches them. What RE2 does not know (lookaround, backreferences) is refused with a reason.
 */
import { RE2JS, RE2JSException } from 're2js';

/** Longer texts do not match any pattern: a pattern is for short, formal values. */
export const longestMatched = 20_000;
const longestPattern = 500;
const largestProgram = 3000;

export interface LinearPattern {
  /** Whether the pattern occurs in the text; never for a text longer than `longestMatched`. */
  test(text: string): boolean;
  /** The pattern itself. Ajv takes two patterns with the same text here for one. */
  toString(): string;
}

/** Why a text is no pattern that may be used here, in a sentence. */
export class PatternRefused extends Error {
  override readonly name = 'PatternRefused';
}

/** Compiles a pattern. Throws `PatternRefused`. */
export function compilePattern(pattern: string): LinearPattern {
  if (pattern.length > longestPattern) {
    throw new PatternRefused(`a pattern has at most ${longestPattern} characters`);
  }
  const compiled = compile(pattern);
  return { test: (text) => text.length <= longestMatched && compiled.test(text), toString: () => pattern };
}

function compile(pattern: string): RE2JS {
  try {
    const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
    if (compiled.programSize() > largestProgram)
      throw new PatternRefused('it is too large; use smaller repetitions');
    return compiled;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /, '');
    const hint = /\(\?<?[=!]|\\[1-9]|\(\?</.test(pattern)
      ? '; patterns here are RE2, which takes linear time and has no lookaround and no backreferences'
      : '';
    throw new PatternRefused(`${reason}${hint}`);
  }
}
