/**
 * Plays scenarios on the pure core alone: no database, no clock but the scenario's own, milliseconds in
 * all. Each run is sealed into a record as the ledger would keep it, and the record must verify.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sealEntry } from '../evidence/seal-entry.ts';
import { noPrevious } from '../evidence/sealed-entry.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { Directory } from '../oversight/directory.ts';
import type { Step } from '../step/step.ts';
import { stimulusText } from '../step/stimulus-text.ts';
import { type RecordedEntry, verifyInstance } from '../step/verify-instance.ts';
import type { Coverage } from './coverage.ts';
import { instanceOnStage, MemoryStage } from './memory-stage.ts';
import { observeGuards } from './observe-guards.ts';
import { type Failure, type Play, playScenario } from './play-scenario.ts';
import type { Scenario, ScenarioSuite } from './scenario.ts';

export interface ScenarioResult extends Play {
  readonly scenario: Scenario;
  readonly coverage: Coverage;
}

/** Every scenario of the suite, in the file's order. */
export function runInMemory({ process, directory, scenarios }: ScenarioSuite): readonly ScenarioResult[] {
  return scenarios.map((scenario) => runScenarioInMemory(process, directory, scenario));
}

function runScenarioInMemory(
  process: CompiledProcess,
  directory: Directory,
  scenario: Scenario,
): ScenarioResult {
  const guards = { held: new Set<string>(), failed: new Set<string>() };
  const stage = new MemoryStage(observeGuards(process, guards), directory);
  const playing = playScenario(process, scenario);
  let next = playing.next();
  while (!next.done) {
    const answer = stage.take(next.value);
    next = playing.next(
      answer.kind === 'refusal' ? answer : { kind: 'played', state: answer.state, entry: answer.entry },
    );
  }
  const coverage = stage.watch.seen(guards);
  const failures = [...next.value.failures, ...recordFailures(process, scenario, stage.steps)];
  return { ...next.value, scenario, failures, coverage };
}

/** The record of the run must verify. Salts are made up: nothing here is secret. */
function recordFailures(
  process: CompiledProcess,
  scenario: Scenario,
  steps: readonly Step[],
): readonly Failure[] {
  const last = steps.at(-1);
  if (last === undefined) return [];
  let head = noPrevious;
  const entries = steps.map(({ entry, data: stimulus, changed }): RecordedEntry => {
    const salts = { data: sha256Hex(`data ${entry.seq}`), changed: sha256Hex(`changed ${entry.seq}`) };
    const sealed = sealEntry(entry, { data: stimulusText(stimulus), changed }, head, salts);
    head = sealed.hash;
    const { text, hash, data, dataSalt, changedSalt } = sealed;
    return { instance: instanceOnStage, seq: entry.seq, text, hash, data, dataSalt, changedSalt };
  });
  const state = canonicalJson(last.state);
  const trial = {
    instance: instanceOnStage,
    definition: process.hash,
    seq: steps.length,
    head,
    state,
    entries,
    process,
  };
  return verifyInstance(trial).map(({ seq, code, message }) => ({
    scenario: scenario.title,
    position: scenario.position,
    what: 'record',
    expected: 'verifies',
    actual: `${code} at entry ${seq}`,
    message,
  }));
}
