/** Timers by the names a file has for them: "appraising after P3D", "summarizing timeout". */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { dueOf, reminderOf } from '../step/gate-timers.ts';
import { timeoutOf } from '../step/timeout-of.ts';

/** Each timer that the process can set: its id in the stored state, and its name. */
export function timerNames(process: CompiledProcess): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const byType of process.candidates.values()) {
    for (const [type, candidates] of byType) {
      for (const { source, cause } of candidates)
        if (cause.kind === 'after') names.set(type, afterName(source, cause.delay));
    }
  }
  for (const { state, timeoutMs } of process.proposes.values())
    if (timeoutMs !== null) names.set(timeoutOf(state), `${state} timeout`);
  for (const { state, gate } of process.gates.values()) {
    if (gate.due !== undefined) names.set(dueOf(state), `${state} due`);
    if (gate.onOverdue?.remind !== undefined) names.set(reminderOf(state), `${state} reminder`);
  }
  return names;
}

const afterName = (state: string, delay: string) => `${state === '' ? '' : `${state} `}after ${delay}`;
