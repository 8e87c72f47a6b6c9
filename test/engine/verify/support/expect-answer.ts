/** What lint owes to any text whatever: an answer, and never an exception. */
import { expect } from 'vitest';
import { type LintResult, lintDefinition } from '../../../../engine/verify/lint-definition.ts';

/** Findings with places in the text, and an answer exactly when none is an error. */
export function expectAnswer(text: string): LintResult {
  const result = lintDefinition(text, 'fuzz.yaml');
  const { process, certificate, findings } = result;
  const refused = findings.some(({ severity }) => severity === 'error');
  expect(process === null).toBe(refused);
  expect(certificate === null).toBe(refused);
  const lines = text.split('\n').length;
  for (const { line, column, message, code } of findings) {
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(message).toMatch(/^.*[^\s].*$/s);
  }
  return result;
}
