/**
 * Mends a definition as far as there is only one way to: what its findings carry is written into the text,
 * and the result is judged again, because what was hidden behind one mistake may be mended too.
 */
import type { Finding } from '../../schemas/finding.ts';
import { applyFixes } from '../definition/apply-fixes.ts';
import { type LintResult, lintDefinition } from './lint-definition.ts';

export interface FixedDefinition {
  readonly source: string;
  /** What was mended, as it was told of: places are those of the text as it was then. */
  readonly fixed: readonly Finding[];
  /** What is said about the text as it is now. */
  readonly result: LintResult;
}

/** Each round mends what the one before brought to light. */
const mostRounds = 20;

/** `file` is only named in the findings. Fixing what was fixed changes nothing. */
export function fixDefinition(source: string, file: string): FixedDefinition {
  let now: FixedDefinition = { source, fixed: [], result: lintDefinition(source, file) };
  for (let round = 0; round < mostRounds; round += 1) {
    const { source: next, fixed } = applyFixes(now.source, now.result.findings);
    if (fixed.length === 0) return now;
    const result = lintDefinition(next, file);
    // An edit that did not mend what it was for is not made.
    if (fixed.some((finding) => stands(finding, result.findings))) return now;
    now = { source: next, fixed: [...now.fixed, ...fixed], result };
  }
  return now;
}

function stands({ code, message }: Finding, findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.code === code && finding.message === message);
}
