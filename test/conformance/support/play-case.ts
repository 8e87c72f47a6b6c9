/** Plays a trace on the pure core, and says what was seen after each step beside what was expected. */
import type { CompiledProcess } from '../../../engine/definition/compiled-process.ts';
import { parseDurationMs } from '../../../engine/definition/duration.ts';
import { timerNames } from '../../../engine/scenario/timer-names.ts';
import { nextTimer } from '../../../engine/scenario/wished-body.ts';
import { activeStates } from '../../../engine/step/active-states.ts';
import { nextStep, type Standing } from '../../../engine/step/next-step.ts';
import type { StimulusBody } from '../../../engine/step/stimulus.ts';
import type { StoredState } from '../../../engine/step/stored-state.ts';
import type { JsonObject } from '../../../schemas/json.ts';
import { engine, officer, stimulus } from '../../engine/step/support/people.ts';
import type { Trace, TraceStep } from './read-case.ts';

/** An instance as a trace shows it. */
export interface Sight {
  readonly state: readonly string[];
  /** What the last step appended to `context.log`. */
  readonly log: string;
  /** The context without `log`. */
  readonly context: JsonObject;
  readonly timers: { readonly [name: string]: string };
  readonly status: 'active' | 'done';
  readonly output: unknown;
  readonly refused: string | null;
}

export interface PlayedStep {
  readonly seen: Sight;
  readonly expected: Sight;
  readonly stored: StoredState;
}

/** `handOver` makes of each state what the next step finds: the same, or what was stored of it. */
export function playCase(
  process: CompiledProcess,
  { steps }: Trace,
  handOver: (state: StoredState) => StoredState,
): readonly PlayedStep[] {
  const player = new Player(process, handOver);
  let expected = nothing;
  return steps.map((step) => {
    const seen = player.play(step);
    expected = expectedAfter(expected, step);
    return { seen, expected, stored: player.state };
  });
}

const nothing: Sight = {
  state: [],
  log: '',
  context: {},
  timers: {},
  status: 'active',
  output: null,
  refused: null,
};

function expectedAfter(before: Sight, step: TraceStep): Sight {
  return {
    state: step.state === undefined ? before.state : [step.state].flat().sort(),
    log: step.log ?? '',
    context: { ...before.context, ...(step.start as JsonObject), ...(step.context as JsonObject) },
    timers: step.timers ?? before.timers,
    status: step.status ?? before.status,
    output: step.output ?? before.output,
    refused: step.refused ?? null,
  };
}

const startMs = Date.UTC(2026, 0, 1);

class Player {
  readonly #process: CompiledProcess;
  readonly #handOver: (state: StoredState) => StoredState;
  readonly #names: ReadonlyMap<string, string>;
  /** The number under which each timer was set last: a late delivery still knows it. */
  readonly #set = new Map<string, number>();
  #standing: Standing | null = null;
  #nowMs = startMs;

  constructor(process: CompiledProcess, handOver: (state: StoredState) => StoredState) {
    this.#process = process;
    this.#handOver = handOver;
    this.#names = timerNames(process);
  }

  get state(): StoredState {
    if (this.#standing === null) throw new Error('A trace begins with a start.');
    return this.#standing.state;
  }

  play(step: TraceStep): Sight {
    const before = this.#standing === null ? '' : logOf(this.state);
    const refused = this.#stimulate(step);
    const { log: _, ...context } = this.state.context;
    const { status, output, value } = this.state;
    return {
      state: activeStates(value),
      log: logOf(this.state).slice(before.length).trim(),
      context,
      timers: Object.fromEntries(
        Object.entries(this.state.timers).map(([timer, { dueAt }]) => [
          this.#names.get(timer) ?? timer,
          dueAt.slice(11, 16),
        ]),
      ),
      status,
      output,
      refused,
    };
  }

  #stimulate({ start, send, wait, fire }: TraceStep): string | null {
    if (start !== undefined) {
      const data = { log: '', ...(start as JsonObject) };
      return this.#take({ kind: 'start', data, responsible: ['person:head'] });
    }
    if (send !== undefined) return this.#take({ kind: 'event', type: send, data: {} });
    if (fire !== undefined) {
      const [timer = fire] = [...this.#names].find(([, name]) => name === fire) ?? [];
      return this.#take({ kind: 'timer', timer, set: this.#set.get(timer) ?? 0 });
    }
    return this.#wait(parseDurationMs(wait ?? '') ?? Number.NaN);
  }

  #wait(durationMs: number): string | null {
    if (Number.isNaN(durationMs)) throw new Error('A step of a trace starts, sends, waits or fires.');
    const untilMs = this.#nowMs + durationMs;
    let fired = 0;
    for (let next = nextTimer(this.state, untilMs); next !== null; next = nextTimer(this.state, untilMs)) {
      fired += 1;
      if (fired > 20) throw new Error(`The timer ${next.timer} comes due again and again.`);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      const refused = this.#take({ kind: 'timer', timer: next.timer, set: next.set });
      if (refused !== null) return refused;
    }
    this.#nowMs = untilMs;
    return null;
  }

  /** The code of the refusal, or null when the step was taken. */
  #take(body: StimulusBody): string | null {
    const actor = body.kind === 'timer' ? engine : officer;
    const before = this.#standing && { ...this.#standing, state: this.#handOver(this.#standing.state) };
    const time = new Date(this.#nowMs).toISOString();
    const answer = nextStep(this.#process, 'case', before, stimulus(body, actor, time));
    if (answer.kind === 'refusal') return answer.code;
    this.#standing = { seq: answer.entry.seq, state: answer.state };
    for (const [timer, { set }] of Object.entries(answer.state.timers)) this.#set.set(timer, set);
    return null;
  }
}

function logOf({ context }: StoredState): string {
  return typeof context.log === 'string' ? context.log : '';
}
