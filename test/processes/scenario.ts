/**
 * Plays one instance of a shipped process through the pure core, with the demonstration directory.
 * `isReloaded`: the state is written as canonical JSON and read again before every stimulus, as it is
 * when another engine takes the instance over.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CompiledProcess } from '../../engine/definition/compiled-process.ts';
import { canonicalJson } from '../../engine/evidence/canonical-json.ts';
import type { ActorSnapshot, Directory } from '../../engine/oversight/directory.ts';
import { readDirectory } from '../../engine/oversight/read-directory.ts';
import { rosterOf, snapshotOf } from '../../engine/oversight/roster.ts';
import { nextStep, type Standing } from '../../engine/step/next-step.ts';
import { rosterScope } from '../../engine/step/scope.ts';
import type { Refusal, Step } from '../../engine/step/step.ts';
import type { StimulusBody, Verdict } from '../../engine/step/stimulus.ts';
import type { StoredState } from '../../engine/step/stored-state.ts';
import { lintDefinition } from '../../engine/verify/lint-definition.ts';
import type { JsonObject } from '../../schemas/json.ts';

const root = resolve(import.meta.dirname, '../..');
const minuteMs = 60_000;

export function loadProcess(name: string) {
  const file = `processes/${name}.yaml`;
  return lintDefinition(readFileSync(join(root, file), 'utf8'), file);
}

export function compiledProcess(name: string): CompiledProcess {
  const { process, findings } = loadProcess(name);
  if (process === null) throw new Error(JSON.stringify(findings, null, 2));
  return process;
}

export const directory: Directory = loadDirectory();

function loadDirectory(): Directory {
  const read = readDirectory(readFileSync(join(root, 'demo/directory.yaml'), 'utf8'), 'demo/directory.yaml');
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.findings));
  return {
    version: 1,
    principals: new Map(read.principals.map((principal) => [principal.id, principal])),
    units: new Map(read.units.map((unit) => [unit.id, unit])),
  };
}

/** The demonstration directory, with one more role for somebody. */
export function directoryWith(principal: string, role: string): Directory {
  const found = directory.principals.get(principal);
  if (found === undefined) throw new Error(`${principal} is not in the directory.`);
  const changed = { ...found, roles: [...found.roles, role] };
  return { ...directory, principals: new Map([...directory.principals, [principal, changed]]) };
}

const engine: ActorSnapshot = {
  principal: 'countersign',
  kind: 'engine',
  person: 'countersign',
  unit: null,
  roles: [],
  positions: [],
};

/** What was seen over all scenarios of a process. */
export class Coverage {
  readonly transitions = new Set<string>();
  readonly states = new Set<string>();
  readonly outcomes = new Set<string>();
}

export class Scenario {
  readonly process: CompiledProcess;
  readonly steps: Step[] = [];
  readonly #isReloaded: boolean;
  readonly #coverage: Coverage;
  readonly #people: Directory;
  #standing: Standing | null = null;
  #nowMs = Date.parse('2026-01-05T02:00:00.000Z');

  constructor(process: CompiledProcess, isReloaded: boolean, coverage = new Coverage(), people = directory) {
    this.process = process;
    this.#people = people;
    this.#isReloaded = isReloaded;
    this.#coverage = coverage;
  }

  get state(): StoredState {
    if (this.#standing === null) throw new Error('Not started.');
    return this.#standing.state;
  }

  get context(): JsonObject {
    return this.state.context;
  }

  /** The one active state; these processes are never in two at once. */
  get at(): string {
    return String(this.state.value);
  }

  start(principal: string, data: JsonObject): this {
    const { role } = this.process.definition.responsible;
    const responsible = [...this.#people.principals.values()]
      .filter((one) => one.kind === 'person' && one.roles.includes(role))
      .map(({ person }) => person);
    return this.#must(this.#stimulate(principal, { kind: 'start', data, responsible }));
  }

  send(principal: string, type: string, data: JsonObject = {}): this {
    return this.#must(this.#stimulate(principal, { kind: 'event', type, data }));
  }

  trySend(principal: string, type: string, data: JsonObject = {}): Refusal {
    return mustNot(this.#stimulate(principal, { kind: 'event', type, data }));
  }

  propose(principal: string, payload: JsonObject): this {
    return this.#must(this.#stimulate(principal, this.#proposal(payload)));
  }

  tryPropose(principal: string, payload: JsonObject): Refusal {
    return mustNot(this.#stimulate(principal, this.#proposal(payload)));
  }

  decide(principal: string, verdict: Verdict, reason = 'Lý do ví dụ.'): this {
    return this.#must(this.#stimulate(principal, this.#decision(principal, verdict, reason)));
  }

  tryDecide(principal: string, verdict: Verdict, reason: string | null = 'Lý do ví dụ.'): Refusal {
    return mustNot(this.#stimulate(principal, this.#decision(principal, verdict, reason)));
  }

  /** Lets time pass, and delivers what comes due in the meantime. */
  wait(days: number): this {
    const until = this.#nowMs + days * 24 * 60 * minuteMs;
    for (;;) {
      const [next] = Object.entries(this.state.timers)
        .filter(([, { dueAt }]) => Date.parse(dueAt) <= until)
        .sort(([, one], [, other]) => (one.dueAt < other.dueAt ? -1 : 1));
      if (next === undefined) break;
      const [timer, { set, dueAt }] = next;
      this.#nowMs = Date.parse(dueAt);
      this.#must(this.#step({ kind: 'timer', timer, set }, engine));
    }
    this.#nowMs = until;
    return this;
  }

  #proposal(payload: JsonObject): StimulusBody {
    const [request] = Object.entries(this.state.requests);
    return {
      kind: 'proposal',
      state: request?.[0] ?? this.at,
      opened: request?.[1].opened ?? 1,
      proposal: {
        payload,
        model: 'rules',
        modelVersion: '1',
        promptHash: '0',
        rationale: 'Because.',
        confidence: null,
        inputs: [],
        evidence: [],
        operator: null,
      },
    };
  }

  #decision(principal: string, verdict: Verdict, reason: string | null): StimulusBody {
    const gate = this.at;
    const open = this.state.gates[gate];
    if (open === undefined) throw new Error(`There is no open gate at ${gate}.`);
    const scope = rosterScope(this.state, this.#actor(principal), this.#now());
    const roster = rosterOf(this.process, gate, this.#people, scope);
    return { kind: 'decision', gate, opened: open.opened, subject: open.subject, verdict, reason, roster };
  }

  #stimulate(principal: string, body: StimulusBody): Step | Refusal {
    this.#nowMs += minuteMs;
    return this.#step(body, this.#actor(principal));
  }

  #step(body: StimulusBody, actor: ActorSnapshot): Step | Refusal {
    const standing = this.#isReloaded ? reload(this.#standing) : this.#standing;
    const stimulus = { body, actor, authentication: ['key'], time: this.#now(), request: 'test' };
    return nextStep(this.process, 'instance', standing, stimulus);
  }

  #must(outcome: Step | Refusal): this {
    if (outcome.kind === 'refusal') throw new Error(JSON.stringify(outcome, null, 2));
    const before = this.#standing;
    this.#standing = { seq: (before?.seq ?? 0) + 1, state: outcome.state };
    this.steps.push(outcome);
    for (const id of outcome.taken.flat()) this.#coverage.transitions.add(id);
    for (const state of outcome.entry.to) this.#coverage.states.add(state);
    const { gate } = outcome.entry;
    if (gate?.outcome !== undefined) this.#coverage.outcomes.add(`${gate.state}:${gate.outcome}`);
    return this;
  }

  #actor(principal: string): ActorSnapshot {
    const found = this.#people.principals.get(principal);
    if (found === undefined) throw new Error(`${principal} is not in the directory.`);
    return snapshotOf(found);
  }

  #now(): string {
    return new Date(this.#nowMs).toISOString();
  }
}

function reload(standing: Standing | null): Standing | null {
  if (standing === null) return null;
  return { seq: standing.seq, state: JSON.parse(canonicalJson(standing.state)) as StoredState };
}

function mustNot(outcome: Step | Refusal): Refusal {
  if (outcome.kind === 'step') throw new Error(`It was not refused: ${JSON.stringify(outcome.entry)}`);
  return outcome;
}
