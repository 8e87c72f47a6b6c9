import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Ledger } from '../../../engine/ledger/ledger.ts';
import { systemClock } from '../../../engine/run/clock.ts';
import { DirectoryCache } from '../../../engine/run/directory-cache.ts';
import { addKey } from '../../../engine/run/manage-keys.ts';
import { openTestHouse, type TestHouse } from '../../support/test-house.ts';

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house?.close());

test('P9: a key that is issued while directory and keys are loaded is known from the next request on', async () => {
  const issue = () =>
    addKey(
      { ledger: house.ledger, clock: systemClock },
      { principal: 'person:officer', scopes: ['read'], expiresAt: null, demonstration: false },
    );
  for (const order of ['findKeys', 'loadDirectory'] as const) {
    let issued: { id: string } | null = null;
    const ledger = new Proxy(house.ledger, {
      get(target, name) {
        const real = target[name as keyof Ledger];
        if (name !== order) return typeof real === 'function' ? real.bind(target) : real;
        return async () => {
          const found = await (real as () => Promise<unknown>).call(target);
          issued ??= await issue();
          return found;
        };
      },
    });
    const cache = new DirectoryCache(ledger, systemClock);
    await cache.current();
    const { keysById } = await cache.refresh();
    expect([...keysById.keys()]).toContain((issued as { id: string } | null)?.id);
  }
});
