/**
 * Plays a compiled machine in every way, with the engine's own run, and notes which expressions could not be
 * evaluated. It knows no graph and no analysis.
 */
import type { AnyMachineSnapshot, AnyStateNode } from 'xstate';
import {
  type CompiledProcess,
  ExpressionError,
  type MachineEvent,
} from '../../../../engine/definition/compiled-process.ts';
import { EndlessLoop, runMachine } from '../../../../engine/step/run-machine.ts';
import type { JsonObject } from '../../../../schemas/json.ts';

/** Places of the expressions that failed, as line:column; null where there was too much to play. */
export function failingExpressions(
  process: CompiledProcess,
  start: JsonObject,
  most: number,
): Set<string> | null {
  const failed = new Set<string>();
  const nodes = new Map<string, AnyMachineSnapshot>();
  const visit = (from: AnyMachineSnapshot | null, type: string, permits: MachineEvent['permits']) => {
    const context = from === null ? start : (from.context as JsonObject);
    const run = runOrRest(process, from, { type, scope: scopeOver(context), permits });
    if (run === null) return;
    if (run instanceof ExpressionError) {
      failed.add(placeOf(run.expression.position));
      return;
    }
    const { snapshot } = run;
    if (snapshot.status !== 'active') return;
    const key = JSON.stringify([snapshot.value, snapshot.context, historyOf(snapshot)]);
    if (!nodes.has(key)) nodes.set(key, snapshot);
  };
  visit(null, 'xstate.init', () => true);
  for (const snapshot of nodes.values()) {
    if (nodes.size > most) return null;
    for (const { cause, allow } of process.transitions.values()) {
      if (cause.kind !== 'event') continue;
      visit(snapshot, cause.event === '*' ? 'anything' : cause.event, (asked) => asked === allow);
      visit(snapshot, cause.event === '*' ? 'anything' : cause.event, () => true);
    }
    for (const type of internalEvents(process, snapshot)) visit(snapshot, type, () => true);
  }
  return failed;
}

export const placeOf = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;

function internalEvents(process: CompiledProcess, snapshot: AnyMachineSnapshot): readonly string[] {
  return (snapshot._nodes as AnyStateNode[]).flatMap((node) => {
    const id = node.path.join('.');
    return [
      ...node.events.filter((type: string) => type.startsWith('xstate.after.')),
      ...(process.gates.has(id)
        ? [`countersign.outcome.${id}.approved`, `countersign.outcome.${id}.rejected`]
        : []),
      ...(process.proposes.has(id) ? [`countersign.proposed.${id}`, `countersign.failed.${id}`] : []),
    ];
  });
}

/** A random machine may go round for ever; then nothing happens at all. */
function runOrRest(process: CompiledProcess, from: AnyMachineSnapshot | null, event: MachineEvent) {
  try {
    return runMachine(process, from, event);
  } catch (error) {
    if (error instanceof EndlessLoop) return null;
    throw error;
  }
}

function historyOf(snapshot: AnyMachineSnapshot): readonly unknown[] {
  const history = snapshot.historyValue as Record<string, AnyStateNode[]>;
  return Object.entries(history)
    .map(([id, nodes]) => [id, nodes.map((node) => node.id).sort()])
    .sort();
}

function scopeOver(context: JsonObject): MachineEvent['scope'] {
  const person = { principal: 'p', person: 'p', unit: null };
  return {
    context,
    event: {},
    initiator: person,
    actor: { ...person, kind: 'person', roles: [], positions: [] },
    now: '2026-01-01T00:00:00.000Z',
    gate: { outcome: 'approved', remarks: '', approvals: 1 },
    proposal: { choice: {} },
  };
}
