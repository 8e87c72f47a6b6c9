import fc from 'fast-check';
import { expect, test } from 'vitest';
import { borrowedAuthority } from '../../../engine/oversight/borrowed-authority.ts';
import { type Delegation, type Principal, toDirectory } from '../../../engine/oversight/directory.ts';
import { snapshotOf } from '../../../engine/oversight/snapshot.ts';

const names = ['a', 'b', 'c', 'd'].map((name) => `person:${name}`);
const roleNames = ['clerk', 'leader', 'secretary'];
const at = (day: number) => `2026-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
const days = fc.integer({ min: 1, max: 28 });

const principals = fc.tuple(
  ...names.map((id) => fc.record({ id: fc.constant(id), roles: fc.subarray(roleNames) })),
);
const delegation = fc.record({
  of: fc.constantFrom(...names),
  to: fc.constantFrom(...names),
  roles: fc.subarray(roleNames, { minLength: 1 }),
  processes: fc.option(fc.constant(['one']), { nil: null }),
  days: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 10, max: 28 })),
  mayDelegate: fc.boolean(),
});

function toPrincipal({ id, roles }: { id: string; roles: string[] }): Principal {
  return { id, kind: 'person', name: id, person: id, unit: null, roles, positions: [], active: true };
}

/** What the rules say in words, worked out the slow way: every chain of links without a person twice. */
function expected(
  links: readonly Delegation[],
  people: readonly Principal[],
  who: string,
  time: string,
  process: string,
) {
  const lent = new Map<string, Set<string>>();
  const walk = (to: string, passed: readonly string[], through: readonly string[]) => {
    for (const link of links) {
      const holds = link.from <= time && time < link.until && (link.processes ?? [process]).includes(process);
      if (!holds || link.to !== to || through.includes(link.of)) continue;
      if (to !== who && !link.mayDelegate) continue;
      const roles = passed.filter((role) => link.roles?.includes(role));
      const own = people.find(({ id }) => id === link.of)?.roles ?? [];
      const known = lent.get(link.of) ?? new Set();
      for (const role of roles) if (own.includes(role)) known.add(role);
      lent.set(link.of, known);
      walk(link.of, roles, [...through, link.of]);
    }
  };
  walk(who, roleNames, [who]);
  return lent;
}

test('P3: nobody uses more than was passed on to them, and nobody less', () => {
  let borrowed = 0;
  fc.assert(
    fc.property(
      principals,
      fc.array(delegation, { minLength: 3, maxLength: 9 }),
      days,
      fc.constantFrom('one', 'two'),
      (cast, told, day, process) => {
        const people = cast.map(toPrincipal);
        const delegations = told
          .filter(({ of, to }) => of !== to)
          .map(
            ({ days: [from, until], ...link }): Delegation => ({
              ...link,
              kind: 'delegation',
              positions: [],
              bodies: [],
              from: at(from),
              until: at(until),
            }),
          );
        const directory = toDirectory({ principals: people, units: [], delegations }, 1);
        const time = at(day);
        for (const one of people) {
          const found = borrowedAuthority(directory, one, time, process);
          const roles = new Map<string, Set<string>>();
          for (const { principal, person, onBehalfOf = '', roles: lent } of found) {
            expect([principal, person]).toEqual([one.id, one.id]);
            roles.set(onBehalfOf, new Set([...(roles.get(onBehalfOf) ?? []), ...lent]));
          }
          borrowed += [...roles.values()].filter(({ size }) => size > 0).length;
          expect(roles).toEqual(expected(delegations, people, one.id, time, process));
        }
      },
    ),
    { numRuns: 400, seed: 11 },
  );
  expect(borrowed).toBeGreaterThan(100);
});

test('what is held for a time is held from its first instant to before its last', () => {
  fc.assert(
    fc.property(days, days, days, (from, until, day) => {
      const appointments = [
        { kind: 'role' as const, name: 'leader', unit: null, from: at(from), until: at(until) },
      ];
      const one: Principal = { ...toPrincipal({ id: 'person:a', roles: ['clerk'] }), appointments };
      const { roles } = snapshotOf(one, toDirectory({ principals: [one], units: [] }, 1), at(day));
      expect(roles).toEqual(from <= day && day < until ? ['clerk', 'leader'] : ['clerk']);
    }),
  );
});
