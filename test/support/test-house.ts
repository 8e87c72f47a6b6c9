/** A whole engine over a fresh database, with a small directory, one clock in the test's hand, and callers ready to act. */

import type { Answer, Caller, Engine, Moved, Scope } from '../../engine/index.ts';
import { openEngine } from '../../engine/index.ts';
import { fromDatabaseUrl } from '../../engine/ledger/database-address.ts';
import type { Ledger } from '../../engine/ledger/ledger.ts';
import { openLedger } from '../../engine/ledger/open-ledger.ts';
import { deploySource } from '../../engine/run/deploy-definition.ts';
import { localStepUp, type StepUp } from '../../engine/run/step-up.ts';
import { freshDatabase, type TestDatabase } from './database.ts';
import { addTestKeys, callerOf, people, units } from './test-people.ts';

export interface TestHouse {
  readonly database: TestDatabase;
  readonly ledger: Ledger;
  readonly engine: Engine;
  readonly clock: TestClock;
  /** A caller with every scope its kind may have. */
  as(principal: string, scopes?: readonly Scope[]): Caller;
  /** Deploys a definition and answers its hash. */
  deploy(source: string): Promise<string>;
  close(): Promise<void>;
}

export class TestClock {
  #nowMs = Date.parse('2026-01-05T08:00:00.000Z');
  now(): number {
    return this.#nowMs;
  }
  advance(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Opens it. Call in `beforeAll`, and `close` in `afterAll`. */
export async function openTestHouse(
  definitions: readonly string[] = [],
  stepUp: StepUp = localStepUp,
): Promise<TestHouse> {
  const database = await freshDatabase();
  const ledger = await openLedger(fromDatabaseUrl(database.engineUrl));
  await ledger.replaceDirectory(people, units, 'test');
  await addTestKeys(ledger);
  for (const source of definitions) await deployOrThrow(ledger, source);
  const clock = new TestClock();
  const engine = openEngine({ ledger, clock, stepUp });
  return {
    database,
    ledger,
    engine,
    clock,
    as: callerOf,
    deploy: (source) => deployOrThrow(ledger, source),
    async close() {
      await engine.close();
      await database.drop();
    },
  };
}

/** The value of an answer that must not be a refusal. */
export function done<T>(answer: Answer<T>): T {
  if (answer.kind === 'refusal') throw new Error(`Refused (${answer.code}): ${answer.message}`);
  return answer.value;
}

/** 'done', or the code it was refused with. */
export function codeOf(answer: Answer<Moved>): string {
  return answer.kind === 'refusal' ? answer.code : 'done';
}

async function deployOrThrow(ledger: Ledger, source: string): Promise<string> {
  const answer = await deploySource({ ledger }, source, 'test.yaml', 'person:designer');
  if (answer.kind === 'refusal') {
    throw new Error(`${answer.message} ${JSON.stringify('findings' in answer ? answer.findings : [])}`);
  }
  return answer.value.definition.hash;
}
