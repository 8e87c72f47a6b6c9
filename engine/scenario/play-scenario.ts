/**
 * Plays one scenario and says where it went otherwise than expected. It asks for each stimulus in turn and
 * is told what came of it, so the same play runs on the pure core and through a real ledger. It holds the
 * clock, and knows neither the directory nor where the instance is kept.
 */
import type { Json } from '../../schemas/json.ts';
import type { CompiledProcess, Position } from '../definition/compiled-process.ts';
import type { Principal } from '../oversight/directory.ts';
import { activeStates } from '../step/active-states.ts';
import type { EntryDraft, Refusal } from '../step/step.ts';
import type { StoredState } from '../step/stored-state.ts';
import { checkExpectation } from './check-expectation.ts';
import type { Act, Scenario, ScenarioStep } from './scenario.ts';
import { nextTimer, notStarted, toWishedBody, type WishedBody } from './wished-body.ts';

/** What whoever plays is asked to do. Who may review, and who answers for a start, the directory says. */
export interface Wish {
  /** Null: the engine itself, for a timer. */
  readonly by: Principal | null;
  readonly time: string;
  readonly body: WishedBody;
}

/** A step was taken: the state after it, and its entry. */
export interface Played {
  readonly kind: 'played';
  readonly state: StoredState;
  readonly entry: EntryDraft;
}

/** Expected and actual differ, at a place of the scenario file. */
export interface Failure {
  readonly scenario: string;
  readonly position: Position;
  /** What was looked at, such as `state` or `context.summary`. */
  readonly what: string;
  readonly expected: Json;
  readonly actual: Json;
  /** More to say in a sentence, or ''. */
  readonly message: string;
}

/** What the instance did at one stimulus: two runs of a scenario must agree in it. */
export type TraceItem = { readonly [member: string]: Json };

export interface Play {
  readonly failures: readonly Failure[];
  readonly trace: readonly TraceItem[];
  /** Where each stimulus of the trace is written. */
  readonly places: readonly Position[];
}

/** In one scenario: a machine that keeps setting timers as soon as they fire would never be done. */
const mostTimers = 2000;

export type Playing = Generator<Wish, Play, Played | Refusal>;

/** Ends with the first step that went otherwise: what follows would only repeat it. */
export function* playScenario(process: CompiledProcess, scenario: Scenario): Playing {
  const player = new Player(process, scenario);
  for (const step of scenario.steps) {
    yield* player.play(step);
    if (player.failures.length > 0) break;
  }
  const { failures, trace, places } = player;
  return { failures, trace, places };
}

class Player {
  readonly failures: Failure[] = [];
  readonly trace: TraceItem[] = [];
  readonly places: Position[] = [];
  readonly #process: CompiledProcess;
  readonly #title: string;
  readonly #entries: EntryDraft[] = [];
  #state: StoredState | null = null;
  #fired = 0;
  #nowMs: number;

  constructor(process: CompiledProcess, { title, startsAt }: Scenario) {
    this.#process = process;
    this.#title = title;
    this.#nowMs = Date.parse(startsAt);
  }

  *play(step: ScenarioStep): Generator<Wish, void, Played | Refusal> {
    if (step.act.kind === 'advance') yield* this.#advance(step, step.act.durationMs);
    else for (const principal of step.by) yield* this.#act(step, step.act, principal);
    if (this.failures.length > 0 || step.then === null) return;
    if (this.#state === null) return this.#fail(step.position, 'then', 'an instance', 'nothing', notStarted);
    const seen = { process: this.#process, state: this.#state, entries: this.#entries, nowMs: this.#nowMs };
    for (const { path, expected, actual } of checkExpectation(step.then, seen)) {
      this.#fail(step.placeOf(['then', ...path]), path.join('.'), expected, actual);
    }
  }

  *#act(
    step: ScenarioStep,
    act: Exclude<Act, { kind: 'advance' }>,
    principal: Principal,
  ): Generator<Wish, void, Played | Refusal> {
    if (this.failures.length > 0) return;
    const body = toWishedBody(this.#process, this.#state, act);
    if (body.kind === 'impossible') {
      return this.#fail(step.position, act.kind, body.expected, body.actual, body.message);
    }
    const answer = yield* this.#ask(step, principal, body);
    const who = step.by.length > 1 ? `For ${principal.id}. ` : '';
    if (answer.kind === 'refusal') this.#checkRefusal(step, answer, who);
    else if (step.refused !== null) {
      const actual = `accepted, then ${activeStates(answer.state.value).join(', ')}`;
      this.#fail(step.placeOf(['refused']), 'refused', step.refused.code, actual, who.trim());
    }
  }

  #checkRefusal({ refused, position, placeOf }: ScenarioStep, refusal: Refusal, who: string): void {
    const { code, message, next, considered } = refusal;
    const issues = (refusal.issues ?? []).map(
      ({ at, message: issue }) => ` ${at === '' ? '' : `${at}: `}${issue}.`,
    );
    const said = `${who}${message} ${next}${issues.join('')}`;
    if (refused === null) this.#fail(position, 'refused', 'accepted', `refused: ${code}`, said);
    else if (refused.code !== code) this.#fail(placeOf(['refused']), 'refused', refused.code, code, said);
    else if (refused.says !== null && !message.includes(refused.says)) {
      this.#fail(placeOf(['refused', 'says']), 'refused.says', refused.says, message, who.trim());
    } else if (refused.reason !== null && !considered.some(({ reason }) => reason === refused.reason)) {
      const reasons = considered.map(({ reason }) => reason);
      this.#fail(placeOf(['refused', 'reason']), 'refused.reason', refused.reason, reasons, said);
    }
  }

  /** Fires what comes due until then, each at its own time: the earliest first, at the same time by name. */
  *#advance(step: ScenarioStep, durationMs: number): Generator<Wish, void, Played | Refusal> {
    const untilMs = this.#nowMs + durationMs;
    for (;;) {
      const next = nextTimer(this.#state, untilMs);
      if (next === null) break;
      this.#fired += 1;
      if (this.#fired > mostTimers) {
        const message = `Over ${mostTimers} timers came due: one may set itself again and again. Advance by less.`;
        return this.#fail(step.position, 'advance', `at most ${mostTimers} timers`, 'more', message);
      }
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      const answer = yield* this.#ask(step, null, { kind: 'timer', timer: next.timer, set: next.set });
      if (answer.kind === 'refusal') {
        return this.#fail(
          step.position,
          'advance',
          'the timer fires',
          `refused: ${answer.code}`,
          answer.message,
        );
      }
    }
    this.#nowMs = untilMs;
  }

  *#ask(
    { position }: ScenarioStep,
    by: Principal | null,
    body: WishedBody,
  ): Generator<Wish, Played | Refusal, Played | Refusal> {
    const answer: Played | Refusal = yield { by, time: new Date(this.#nowMs).toISOString(), body };
    if (answer.kind === 'played') {
      this.#state = answer.state;
      this.#entries.push(answer.entry);
    }
    this.trace.push(toTraceItem(answer));
    this.places.push(position);
    return answer;
  }

  #fail(position: Position, what: string, expected: Json, actual: Json, message = ''): void {
    this.failures.push({ scenario: this.#title, position, what, expected, actual, message });
  }
}

/** Digests differ from instance to instance, so they are left out. */
function toTraceItem(answer: Played | Refusal): TraceItem {
  if (answer.kind === 'refusal') return { refused: answer.code };
  const { state, entry } = answer;
  return {
    kind: entry.kind,
    event: entry.event,
    by: entry.actor.principal,
    time: entry.time,
    from: entry.from,
    to: entry.to,
    outcome: (entry.gate ?? entry.counted)?.outcome ?? null,
    status: state.status,
    context: state.context,
    output: state.output,
  };
}
