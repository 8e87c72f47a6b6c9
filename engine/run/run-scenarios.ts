/**
 * Plays scenarios through a real engine over a real ledger, reading the state anew before every stimulus,
 * and verifies the record they leave. Each stimulus goes through the same doors as anybody's request.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import type { Entry } from '../../schemas/entry.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Principal } from '../oversight/directory.ts';
import type { NamedSource } from '../scenario/load-suite.ts';
import { type Failure, type Play, type Played, playScenario, type Wish } from '../scenario/play-scenario.ts';
import type { Scenario, ScenarioSuite } from '../scenario/scenario.ts';
import type { Refusal } from '../step/step.ts';
import type { StoredState } from '../step/stored-state.ts';
import { deploySource } from './deploy-definition.ts';
import { type Answer, type Caller, type Engine, type Moved, scopes } from './engine-contract.ts';
import { InstanceCache } from './instance-cache.ts';
import { keyHashOf, proofOf } from './key-proof.ts';
import { newSecret, scopesByKind } from './manage-keys.ts';
import { openEngine } from './open-engine.ts';
import { refuse } from './refuse.ts';
import { ScenarioPasskey } from './scenario-passkey.ts';
import { verifyInstances } from './verify-record.ts';

/**
 * Plays every scenario of the suite in the file's order. The ledger's directory becomes the suite's, so
 * the database MUST be one that holds nothing else.
 */
export async function runScenarios(
  ledger: Ledger,
  suite: ScenarioSuite,
  definition: NamedSource,
): Promise<readonly Play[]> {
  const { principals, units } = suite.directory;
  await ledger.replaceDirectory(
    [...principals.values()],
    [...units.values()],
    'countersign',
    suite.directory,
  );
  const deployed = await deploySource(
    { ledger },
    definition.source,
    basename(definition.file),
    'countersign',
  );
  if (deployed.kind === 'refusal') return suite.scenarios.map((one) => notDeployed(one, deployed));
  const keys = await issueKeys(ledger, [...principals.values()]);
  const stage = new LedgerStage(ledger, suite.process, keys);
  const plays: { play: Play; instance: string | null }[] = [];
  for (const scenario of suite.scenarios) {
    const play = await playOnStage(stage, suite, scenario);
    plays.push({ play, instance: stage.instance });
    stage.clear();
  }
  const problems = await recordProblems(ledger, plays);
  return plays.map(({ play, instance }, index) => {
    const { title = '', position = { line: 1, column: 1 } } = suite.scenarios[index] ?? {};
    const failures = problems
      .filter((problem) => problem.instance === instance)
      .map(({ seq, code, message }): Failure => {
        const actual = `${code} at entry ${seq}`;
        return { scenario: title, position, what: 'record', expected: 'verifies', actual, message };
      });
    return { ...play, failures: [...play.failures, ...failures] };
  });
}

interface ShownKey {
  readonly id: string;
  readonly proof: string;
}

/** The database counts no decision without its person's key, in a scenario neither. */
async function issueKeys(
  ledger: Ledger,
  principals: readonly Principal[],
): Promise<ReadonlyMap<string, ShownKey>> {
  const keys = new Map<string, ShownKey>();
  for (const { id: principal, kind } of principals) {
    if (kind !== 'person') continue;
    const [id, proof] = [`scenario-${randomUUID()}`, proofOf(newSecret())];
    const key = { id, hash: keyHashOf(proof), principal, scopes: scopesByKind.person };
    await ledger.addKey({ ...key, expiresAt: null, demonstration: false });
    keys.set(principal, { id, proof });
  }
  return keys;
}

async function playOnStage(
  stage: LedgerStage,
  { process }: ScenarioSuite,
  scenario: Scenario,
): Promise<Play> {
  const playing = playScenario(process, scenario);
  let next = playing.next();
  while (!next.done) next = playing.next(await stage.take(next.value));
  return next.value;
}

function notDeployed({ title, position }: Scenario, { code, message, next }: Refusal): Play {
  const failure: Failure = {
    scenario: title,
    position,
    what: 'deploy',
    expected: 'deployed',
    actual: `refused: ${code}`,
    message: `${message} ${next}`,
  };
  return { failures: [failure], trace: [], places: [] };
}

/** The record of these instances alone: the ledger may hold those of other suites. */
async function recordProblems(ledger: Ledger, plays: readonly { readonly instance: string | null }[]) {
  const ids = plays.flatMap(({ instance }) => (instance === null ? [] : [instance]));
  return verifyInstances(ledger, ids);
}

/** One engine, and at each time one instance on it. */
class LedgerStage {
  instance: string | null = null;
  readonly #ledger: Ledger;
  readonly #process: CompiledProcess;
  readonly #hash: string;
  readonly #passkeys = new Map<string, ScenarioPasskey>();
  readonly #keys: ReadonlyMap<string, ShownKey>;
  readonly #engine: Engine;
  #nowMs = 0;
  #seq = 0;
  #due: { readonly timer: string; readonly set: number } | null = null;

  constructor(ledger: Ledger, process: CompiledProcess, keys: ReadonlyMap<string, ShownKey>) {
    this.#ledger = ledger;
    this.#process = process;
    this.#hash = process.hash;
    this.#keys = keys;
    this.#engine = openEngine({
      ledger: this.#decorated(ledger),
      clock: { now: () => this.#nowMs },
      instances: new InstanceCache(0),
    });
  }

  /** Forgets the instance, so that another can be started. */
  clear(): void {
    this.instance = null;
    this.#seq = 0;
  }

  async take(wish: Wish): Promise<Played | Refusal> {
    this.#nowMs = Date.parse(wish.time);
    const answer = await this.#send(wish);
    if (answer.kind === 'done') return this.#load(answer.value.instance);
    if (this.instance === null) return answer;
    const stored = (await this.#ledger.loadInstances([this.instance])).get(this.instance);
    if (stored?.seq !== this.#seq) throw new Error(`A refusal (${answer.code}) moved the instance.`);
    return answer;
  }

  async #send({ by, body }: Wish): Promise<Answer<Pick<Moved, 'instance'>>> {
    const instance = this.instance ?? '';
    if (body.kind === 'timer') return this.#fire(body.timer, body.set);
    if (by === null) throw new Error('Only timers come from the engine itself.');
    const shown = this.#keys.get(by.id) ?? null;
    const caller: Caller = {
      principal: by,
      authentication: shown === null ? [] : [`key:${shown.id}`],
      scopes,
      key: null,
      proof: shown?.proof ?? null,
      request: 'scenario',
    };
    switch (body.kind) {
      case 'start':
        return this.#engine.start(caller, { process: this.#hash, data: body.data }, null);
      case 'event':
        return this.#engine.postEvent(
          caller,
          { instance, type: body.type, data: body.data, seen: null },
          null,
        );
      case 'decision': {
        const { gate: state, opened, subject, verdict, choice = null, reason } = body;
        const wanted = { instance, state, opened, subject, verdict, choice, reason };
        const assurance = this.#process.gates.get(state)?.gate.assurance ?? 'session';
        if (assurance === 'session') return this.#engine.decide(caller, wanted, null);
        const challenge = await this.#engine.challengeDecision(caller, wanted);
        if (challenge.kind === 'refusal') return challenge;
        const factor = (await this.#passkeyOf(caller)).sign(challenge.value);
        return this.#engine.decide(caller, { ...wanted, factor }, null);
      }
      case 'count': {
        const { gate: state, opened, subject } = body;
        return this.#engine.countBallots(caller, { instance, state, opened, subject }, null);
      }
      case 'view': {
        const { gate: state, opened, text } = body;
        return this.#engine.giveView(caller, { instance, state, opened, text }, null);
      }
      case 'proposal': {
        const { state, opened, proposal } = body;
        return this.#engine.submitProposal(caller, { instance, state, opened, claim: null, proposal }, null);
      }
    }
  }

  /** Everybody has one from the first time that their gate demands it. */
  async #passkeyOf({ principal, proof }: Caller): Promise<ScenarioPasskey> {
    const known = this.#passkeys.get(principal.id);
    if (known !== undefined) return known;
    const passkey = new ScenarioPasskey();
    const owner = { principal: principal.id, proof: proof ?? '' };
    const id = `scenario-${randomUUID()}`;
    await this.#ledger.enrolFactor(owner, { id, kind: 'passkey', detail: passkey.detail });
    this.#passkeys.set(principal.id, passkey);
    return passkey;
  }

  async #fire(timer: string, set: number): Promise<Answer<Pick<Moved, 'instance'>>> {
    this.#due = { timer, set };
    const moved = await this.#engine.fireDueTimers();
    this.#due = null;
    if (moved === 1 && this.instance !== null) return { kind: 'done', value: { instance: this.instance } };
    return refuse('stale', `The ledger did not deliver the timer ${timer}.`, 'Look at its timers.');
  }

  async #load(instance: string): Promise<Played> {
    const stored = (await this.#ledger.loadInstances([instance])).get(instance);
    const [last] = await this.#ledger.readEntries(instance, (stored?.seq ?? 0) - 1, 1);
    if (stored === undefined || last === undefined)
      throw new Error(`The instance ${instance} was not stored.`);
    this.instance = instance;
    this.#seq = stored.seq;
    return {
      kind: 'played',
      state: JSON.parse(stored.state) as StoredState,
      entry: JSON.parse(last.text) as Entry,
    };
  }

  /** The timers of earlier scenarios stay still, and so does a timer whose turn it is not yet. */
  #decorated(ledger: Ledger): Ledger {
    return {
      ...ledger,
      listDueTimers: async (now) => {
        const due = await ledger.listDueTimers(now, 100_000);
        return due.filter(
          ({ instance, timer, set }) =>
            instance === this.instance && timer === this.#due?.timer && set === this.#due.set,
        );
      },
    };
  }
}
