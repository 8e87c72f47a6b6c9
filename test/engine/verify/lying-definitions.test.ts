import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertFixedAndNew } from '../../support/assert-fixed-and-new.ts';
import { expectAnswer } from './support/expect-answer.ts';
import { lyingDefinition } from './support/lying-definition.ts';

test('a shipped process that lies in a few places gets findings, never an exception', () => {
  const told = new Set<string>();
  const codes = new Set<string>();
  let believed = 0;
  assertFixedAndNew(
    fc.property(lyingDefinition, ({ source, lies }) => {
      const { process, findings } = expectAnswer(source);
      for (const lie of lies) told.add(lie);
      for (const { code } of findings) codes.add(code);
      if (process !== null) believed += 1;
    }),
    { numRuns: 70 },
  );
  // They must lie in every way, and be believed far enough to be refused in many.
  expect(told.size).toBe(12);
  expect(codes.size).toBeGreaterThan(10);
  expect(believed).toBeGreaterThan(2);
});
