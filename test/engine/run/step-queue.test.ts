import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine } from '../../../engine/index.ts';
import type { StepToCommit } from '../../../engine/ledger/ledger.ts';
import { counterDefinition } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse([counterDefinition]);
});
afterAll(() => house.close());

const data = { limit: 1000 };
const start = async () =>
  done(await house.engine.start(house.as('officer'), { process: 'counter', data }, null)).instance;

/** An engine on the same ledger that tells which instances were being committed whenever a commit began. */
function watched() {
  const underWay = new Set<readonly string[]>();
  const seen: (readonly (readonly string[])[])[] = [];
  const ledger = new Proxy(house.ledger, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'commitSteps') return typeof member === 'function' ? member.bind(target) : member;
      return async (steps: readonly StepToCommit[], version: number) => {
        const batch = [...new Set(steps.map(({ instance }) => instance))];
        underWay.add(batch);
        seen.push([...underWay]);
        try {
          return await target.commitSteps(steps, version);
        } finally {
          underWay.delete(batch);
        }
      };
    },
  });
  return { engine: openEngine({ ledger, clock: house.clock }), seen };
}

test.each([
  ['two batches at most', 200, 2],
  ['six where a great many wait', 1200, 6],
])('P1: %s are under way, and no instance is in two of them', async (_what, commands, most) => {
  const instances = await Promise.all(Array.from({ length: 150 }, start));
  const { engine, seen } = watched();
  const answers = await Promise.all(
    Array.from({ length: commands }, (_, index) =>
      engine.postEvent(
        house.as('officer'),
        { instance: instances[index % instances.length] ?? '', type: 'step', data: {}, seen: null },
        null,
      ),
    ),
  );
  expect(new Set(answers.map(codeOf))).toEqual(new Set(['done']));
  expect(Math.max(...seen.map((batches) => batches.length))).toBe(most);
  for (const batches of seen) {
    const together = batches.flat();
    expect(new Set(together).size).toBe(together.length);
  }
});
