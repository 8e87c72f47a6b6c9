import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareAllow } from '../../../engine/difference/compare-allow.ts';
import type { Allow, Selector } from '../../../schemas/process-definition.ts';

test('a role more is wider, a condition more is narrower, and another condition is changed', () => {
  expect(compareAllow({ role: 'x' }, { role: ['x', 'y'] }).change).toBe('widened');
  expect(compareAllow({ role: 'x' }, [{ role: 'x' }, { position: 'p' }]).change).toBe('widened');
  expect(compareAllow({ role: 'x', unit: 'unit:u' }, { role: 'x' }).change).toBe('widened');
  expect(compareAllow({ role: 'x' }, { role: 'x', expression: 'a' }).change).toBe('narrowed');
  expect(compareAllow({ role: 'x', expression: 'a' }, { role: 'x', expression: 'b' }).change).toBe('changed');
  expect(compareAllow({ role: 'x' }, { role: 'y' }).change).toBe('changed');
  expect(compareAllow(undefined, { role: 'y' }).change).toBe('widened');
});

test('the same rule written otherwise is the same', () => {
  expect(compareAllow({ role: ['x', 'y'] }, [{ role: 'y' }, { role: 'x' }]).change).toBe('same');
  expect(compareAllow({ role: 'x' }, [{ role: 'x' }, { role: 'x', unit: 'unit:u' }]).change).toBe('same');
});

const names = ['x', 'y', 'z'];
const oneOrMore = fc.oneof(
  fc.constantFrom(...names),
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1 }),
);
const selector = fc
  .record(
    { role: oneOrMore, position: oneOrMore, unit: fc.constantFrom('unit:x', 'unit:y') },
    { requiredKeys: [] },
  )
  .filter((one) => Object.keys(one).length > 0) as fc.Arbitrary<Selector>;
const allow = fc.array(selector, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<Allow>;

interface Person {
  readonly roles: readonly string[];
  readonly positions: readonly string[];
  readonly unit: string;
}
const subsets: readonly (readonly string[])[] = Array.from({ length: 8 }, (_, bits) =>
  names.filter((_name, index) => ((bits >> index) & 1) === 1),
);
const everybody: readonly Person[] = subsets.flatMap((roles) =>
  subsets.flatMap((positions) => ['unit:x', 'unit:y', 'unit:z'].map((unit) => ({ roles, positions, unit }))),
);

function lets(rule: Allow, { roles, positions, unit }: Person): boolean {
  const any = (wanted: string | readonly string[] | undefined, held: readonly string[]) =>
    wanted === undefined || [wanted].flat().some((one) => held.includes(one));
  return [rule]
    .flat()
    .some(
      (one: Selector) =>
        any(one.role, roles) && any(one.position, positions) && (one.unit === undefined || one.unit === unit),
    );
}

test('P9: without expressions, what it says agrees with letting everybody there can be try both rules', () => {
  fc.assert(
    fc.property(allow, allow, (a, b) => {
      const gained = everybody.some((person) => !lets(a, person) && lets(b, person));
      const lost = everybody.some((person) => lets(a, person) && !lets(b, person));
      const expected = gained ? (lost ? 'changed' : 'widened') : lost ? 'narrowed' : 'same';
      // A rule over every unit there is names no unit: nobody can be outside all, and here one is.
      expect(compareAllow(a, b).change).toBe(expected);
    }),
    { numRuns: 300 },
  );
});
