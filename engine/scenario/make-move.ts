/** Makes one move on a stage, and says where that leads. A move that is refused leads nowhere else. */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { Principal } from '../oversight/directory.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { BoxedBallot, MemoryStage } from './memory-stage.ts';
import type { Act } from './scenario.ts';
import { nextTimer, toWishedBody } from './wished-body.ts';

/** One step of a path. Nobody moves the clock. */
export interface Move {
  readonly act: Act;
  readonly by: Principal | null;
}

/** Where a walk stands: an instance, or nothing before its start. */
export interface Place {
  readonly state: StoredState | null;
  readonly seq: number;
  readonly nowMs: number;
  /** The secret votes that wait to be counted. */
  readonly box: readonly BoxedBallot[];
}

export interface MoveMade {
  readonly place: Place;
  /** The code of the refusal, or `impossible` where no scenario can say it; null when the move was made. */
  readonly refused: string | null;
}

/** Timers that fire within one move of the clock: more is a machine that sets them again and again. */
const mostTimers = 100;

export function makeMove(process: CompiledProcess, stage: MemoryStage, place: Place, move: Move): MoveMade {
  if (move.act.kind === 'advance') return advance(stage, place, move.act.durationMs);
  const body = toWishedBody(process, place.state, move.act);
  if (body.kind === 'impossible') return { place, refused: 'impossible' };
  const answer = stage.take({ by: move.by, time: new Date(place.nowMs).toISOString(), body });
  if (answer.kind === 'refusal') return { place, refused: answer.code };
  return { place: { ...place, state: answer.state, seq: answer.entry.seq, box: stage.box }, refused: null };
}

function advance(stage: MemoryStage, place: Place, durationMs: number): MoveMade {
  const untilMs = place.nowMs + durationMs;
  let { state, seq } = place;
  for (let fired = 0; fired < mostTimers; fired += 1) {
    const next = nextTimer(state, untilMs);
    if (next === null) return { place: { state, seq, nowMs: untilMs, box: stage.box }, refused: null };
    const { timer, set, dueMs } = next;
    const time = new Date(Math.max(place.nowMs, dueMs)).toISOString();
    const answer = stage.take({ by: null, time, body: { kind: 'timer', timer, set } });
    // A timer that cannot fire comes due again and again: no path leads past it.
    if (answer.kind === 'refusal') return { place, refused: 'impossible' };
    state = answer.state;
    seq = answer.entry.seq;
  }
  return { place, refused: 'impossible' };
}
