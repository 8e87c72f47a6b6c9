/**
 * What the step looks up again and again in one definition, worked out once. It only remembers: every
 * answer is the same as if it were worked out anew.
 */
import type { AnyMachineSnapshot, AnyStateNode, StateValue } from 'xstate';
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { StoredState } from './stored-state.ts';

interface ProcessIndex {
  readonly events: ReadonlySet<string>;
  readonly nodes: ReadonlyMap<string, AnyStateNode>;
  /** Resolved snapshots by the canonical text of their state value, without context and history. */
  readonly snapshots: Map<string, AnyMachineSnapshot>;
}

const indexes = new WeakMap<CompiledProcess, ProcessIndex>();

/** Parallel regions multiply; beyond this many values the memory is worth more than the time. */
const mostSnapshots = 2000;

function indexOf(process: CompiledProcess): ProcessIndex {
  const known = indexes.get(process);
  if (known !== undefined) return known;
  const index = {
    events: eventsOf(process),
    nodes: nodesOf(process.machine.root),
    snapshots: new Map(),
  };
  indexes.set(process, index);
  return index;
}

/** Event types that some state forbids count as named too, or a wildcard beside would take them. */
function eventsOf(process: CompiledProcess): ReadonlySet<string> {
  const named = [...process.transitions.values()].flatMap(({ cause }) =>
    cause.kind === 'event' ? [cause.event] : [],
  );
  return new Set(named);
}

function nodesOf(root: AnyStateNode): ReadonlyMap<string, AnyStateNode> {
  const nodes = new Map<string, AnyStateNode>();
  const add = (node: AnyStateNode) => {
    nodes.set(stateIdOf(node), node);
    for (const child of Object.values(node.states)) add(child);
  };
  add(root);
  return nodes;
}

/** The state id of the file: the path of names, whatever id XState knows the node by. */
export function stateIdOf(node: AnyStateNode): string {
  return node.path.join('.');
}

/** Whether some state names this event type, other than by a wildcard. */
export function namesEvent(process: CompiledProcess, type: string): boolean {
  return indexOf(process).events.has(type);
}

/**
 * The stored state as an XState snapshot. The same stored bytes MUST lead to the same snapshot, whatever
 * was resolved before.
 */
export function snapshotOf(process: CompiledProcess, state: StoredState): AnyMachineSnapshot {
  const index = indexOf(process);
  return {
    ...resolved(process, index, state.value),
    context: state.context,
    historyValue: historyOf(index, state.history),
  } as AnyMachineSnapshot;
}

/** The active nodes of a state value. XState calls them internal, yet nothing else tells which are active. */
export function activeNodes(process: CompiledProcess, value: Json): readonly AnyStateNode[] {
  return resolved(process, indexOf(process), value)._nodes;
}

function resolved(process: CompiledProcess, index: ProcessIndex, value: Json): AnyMachineSnapshot {
  const key = typeof value === 'string' ? value : canonicalJson(value);
  const known = index.snapshots.get(key);
  if (known !== undefined) return known;
  const { machine } = process;
  const unsorted = machine.resolveState({ value: inFileOrder(machine.root, value), context: {} });
  const snapshot = { ...unsorted, _nodes: nodesInFileOrder(unsorted) } as AnyMachineSnapshot;
  if (index.snapshots.size >= mostSnapshots) index.snapshots.clear();
  index.snapshots.set(key, snapshot);
  return snapshot;
}

/**
 * XState visits regions in the order in which the value names them, and that is the file's order only until
 * the value was stored: canonical JSON sorts it.
 */
function inFileOrder(node: AnyStateNode, value: Json): StateValue {
  if (typeof value !== 'object' || value === null) return value as string;
  const members = value as JsonObject;
  const active = Object.values(node.states).filter(({ key }) => Object.hasOwn(members, key));
  return Object.fromEntries(active.map((child) => [child.key, inFileOrder(child, members[child.key] ?? {})]));
}

/** XState asks `always` in the order of the nodes, and lists a restored state's by their depth. */
function nodesInFileOrder({ _nodes }: AnyMachineSnapshot): readonly AnyStateNode[] {
  return [..._nodes].sort((one, other) => one.order - other.order);
}

type HistoryValue = { [id: string]: AnyStateNode[] };

/** `resolveState` wants nodes where the stored state has ids. */
function historyOf(index: ProcessIndex, history: StoredState['history']): HistoryValue {
  const value: HistoryValue = {};
  for (const [historyState, states] of Object.entries(history)) {
    value[nodeIn(index, historyState).id] = states.map((state) => nodeIn(index, state));
  }
  return value;
}

/** The reverse: node ids as the file has them, sorted. */
export function storedHistory(
  process: CompiledProcess,
  snapshot: AnyMachineSnapshot,
): StoredState['history'] {
  const history: { [state: string]: readonly string[] } = {};
  for (const [id, nodes] of Object.entries(snapshot.historyValue as HistoryValue)) {
    history[stateIdOf(process.machine.getStateNodeById(id))] = nodes.map(stateIdOf).sort();
  }
  return history;
}

function nodeIn(index: ProcessIndex, state: string): AnyStateNode {
  const node = index.nodes.get(state);
  if (node === undefined) throw new Error(`The definition has no state ${state}.`);
  return node;
}

/** A snapshot's context as the JSON object it is. */
export function contextOf(snapshot: AnyMachineSnapshot): JsonObject {
  return snapshot.context as JsonObject;
}
