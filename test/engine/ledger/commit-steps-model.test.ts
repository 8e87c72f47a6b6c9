/** Random batches against a model in memory that is too simple to be wrong. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StepToCommit } from '../../../engine/ledger/ledger.ts';
import { commit, type LedgerHouse, newChain, nextStep, openLedgerHouse, sha256 } from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
});
afterAll(() => house.close());

/** What one batch does to one instance: how many steps, from where, and what they carry. */
const attempt = fc.record({
  instance: fc.nat({ max: 5 }),
  count: fc.integer({ min: 1, max: 3 }),
  from: fc.constantFrom('head', 'head', 'head', 'behind', 'ahead', 'broken'),
  key: fc.option(fc.nat({ max: 8 }), { freq: 2 }),
  gate: fc.constantFrom('open', 'close', 'none'),
  field: fc.option(fc.nat({ max: 2 })),
});
const batches = fc.array(fc.uniqueArray(attempt, { selector: ({ instance }) => instance, minLength: 1 }), {
  minLength: 1,
  maxLength: 12,
});
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

interface Modelled {
  readonly id: string;
  entries: string[];
  state: string;
  gate: number | null;
  field: string | null;
}

class Model {
  readonly instances: readonly Modelled[] = Array.from({ length: 6 }, () => {
    return { id: newChain().id, entries: [], state: '', gate: null, field: null };
  });
  readonly answers = new Map<string, string>();
  readonly #run = randomUUID();

  key(of: number): string {
    return `${this.#run}-${of}`;
  }

  stepsOf({ instance, count, from, key, gate, field }: Attempt): StepToCommit[] {
    const modelled = this.#at(instance);
    const seq = modelled.entries.length;
    const start = from === 'behind' && seq > 0 ? seq - 1 : from === 'ahead' ? seq + 1 : seq;
    const chain = {
      id: modelled.id,
      seq: start,
      head: from === 'head' ? (modelled.entries.at(-1) ?? '0'.repeat(64)) : headAt(modelled, start),
    };
    return Array.from({ length: count }, (_, index) =>
      nextStep(chain, {
        ...(from === 'broken' && index === count - 1 ? { entry: { instance: newChain().id } } : {}),
        ...(key !== null && index === 0
          ? {
              idempotency: {
                principal: 'person:an',
                key: this.key(key),
                bodyHash: 'b',
                answer: `"${chain.seq}"`,
              },
            }
          : {}),
        ...(gate === 'open'
          ? { effects: [{ kind: 'gate-opened' as const, state: 'g', opened: chain.seq + 1 }] }
          : {}),
        ...(gate === 'close'
          ? { effects: [{ kind: 'gate-closed' as const, state: 'g', opened: chain.seq }] }
          : {}),
        ...(field !== null ? { indexed: { post: `post-${field}` } } : {}),
      }),
    );
  }

  /** Applies a batch; answers what the ledger must answer, 'committed or conflict' where keys of one batch meet. */
  expected(attempts: readonly Attempt[]): readonly string[][] {
    return attempts.map(({ instance, count, from, key }) => {
      const fits = from === 'head' || (from === 'behind' && this.#at(instance).entries.length === 0);
      if (!fits) return Array(count).fill('conflict');
      if (key !== null && this.answers.has(this.key(key)))
        return ['repeated', ...Array(count - 1).fill('conflict')];
      const meets = attempts.filter((other) => key !== null && other.key === key).length > 1;
      return Array(count).fill(meets ? 'committed or conflict' : 'committed');
    });
  }

  apply({ instance, key, gate, field }: Attempt, steps: readonly StepToCommit[]): void {
    const modelled = this.#at(instance);
    for (const step of steps) {
      modelled.entries.push(step.sealed.hash);
      modelled.state = step.state;
      if (gate === 'open') modelled.gate = step.seq;
      if (gate === 'close') modelled.gate = null;
    }
    if (field !== null) modelled.field = `post-${field}`;
    if (key !== null) this.answers.set(this.key(key), steps[0]?.idempotency?.answer ?? '');
  }

  #at(instance: number): Modelled {
    const modelled = this.instances[instance];
    if (modelled === undefined) throw new Error('There are six.');
    return modelled;
  }
}

function headAt({ entries }: Modelled, seq: number): string {
  return seq === 0 ? '0'.repeat(64) : (entries[seq - 1] ?? sha256('nothing there'));
}

async function stored(model: Model) {
  const { ledger, admin } = house;
  const instances = await ledger.loadInstances(model.instances.map(({ id }) => id));
  const found = await ledger.searchInstances({ visible: null, limit: 10_000 });
  return Promise.all(
    model.instances.map(async ({ id }) => ({
      id,
      entries: (await ledger.readEntries(id, 0, 1000)).map(({ hash }) => hash),
      state: instances.get(id)?.state ?? '',
      gate: (await admin`select opened from ledger.gates where instance = ${id}`)[0]?.opened ?? null,
      field: found.find((summary) => summary.id === id)?.indexed.post ?? null,
    })),
  );
}

test('P1: whatever comes, the ledger holds what the model holds', async () => {
  await fc.assert(
    fc.asyncProperty(batches, async (run) => {
      const model = new Model();
      for (const attempts of run) {
        const made = attempts.map((one) => model.stepsOf(one));
        // A broken step alone would throw; that is tested elsewhere.
        if (attempts.length === 1 && attempts[0]?.from === 'broken') continue;
        const expected = model.expected(attempts);
        const outcomes = [...(await commit(house.ledger, made.flat()))];
        const taken = new Set<number>();
        for (const [index, one] of attempts.entries()) {
          const got = outcomes.splice(0, one.count);
          for (const [step, kind] of got.entries()) expect(expected[index]?.[step]).toContain(kind);
          if (got[0] !== 'committed') continue;
          expect(got).toEqual(Array(one.count).fill('committed'));
          if (one.key !== null) expect(taken.has(one.key)).toBe(false);
          if (one.key !== null) taken.add(one.key);
          model.apply(one, made[index] ?? []);
        }
        // Where keys met, one of them was taken.
        for (const [index, one] of attempts.entries()) {
          if (expected[index]?.[0] === 'committed or conflict') expect(taken.has(one.key ?? -1)).toBe(true);
        }
      }
      expect(await stored(model)).toEqual(model.instances);
      const wanted = Array.from({ length: 9 }, (_, key) => ({ principal: 'person:an', key: model.key(key) }));
      const answers = await house.ledger.loadAnswers(wanted);
      expect(new Map([...answers].map(([name, { answer }]) => [name.split(' ')[1], answer]))).toEqual(
        model.answers,
      );
    }),
    { numRuns: 60 },
  );
});
