/**
 * Whether something else leads where the approval of a gate leads, or silence leads from it to an end in
 * success: read from the compiled transitions, one by one, with no graph.
 */
import type { CompiledProcess, CompiledTransition } from '../../../../engine/definition/compiled-process.ts';

const silent = ['after', 'always', 'overdue', 'message', 'skip', 'repair'];
const unsuccessful = /^['"](rejected|withdrawn|cancelled|failed|expired|abandoned)['"]$/;

export function passesAGate({ gates, states, transitions, definition }: CompiledProcess): boolean {
  const all = [...transitions.values()];
  const outcome = (gate: string, name: string): ReadonlySet<string> =>
    new Set(all.flatMap((one) => (one.source === gate && outcomeOf(one) === name ? one.targets : [])));
  const succeeds = (at: string): boolean => {
    const result = definition.states?.[at]?.output?.result;
    const last = states?.get(at)?.kind === 'final' && states?.get(at)?.parent === '';
    return last && !unsuccessful.test(String(result));
  };
  return [...gates.keys()].some((gate) => {
    const approved = outcome(gate, 'approved');
    const rejected = outcome(gate, 'rejected');
    return all.some((one) => {
      if (one.source !== '' && one.source !== gate && !gate.startsWith(`${one.source}.`)) return false;
      const isSilent = silent.includes(one.cause.kind);
      const refuses = outcomeOf(one) !== null && outcomeOf(one) !== 'approved';
      return reached(one, all).some(
        (at) =>
          ((isSilent || refuses) && approved.has(at)) || (isSilent && !rejected.has(at) && succeeds(at)),
      );
    });
  });
}

function outcomeOf({ cause }: CompiledTransition): string | null {
  return cause.kind === 'outcome' ? cause.outcome : null;
}

function reached({ targets }: CompiledTransition, all: readonly CompiledTransition[]): readonly string[] {
  const found = new Set(targets);
  for (const at of found)
    for (const next of all)
      if (next.source === at && next.cause.kind === 'always')
        for (const target of next.targets) found.add(target);
  return [...found];
}
