/**
 * The states of a checked definition as a tree, and every transition with the states it leads to.
 * Both the XState machine and the proofs are made from it, so this is the one place that decides what a
 * name in the file refers to. It must not know XState.
 */
import type {
  EventTransition,
  Overdue,
  PlainTransition,
  ProcessDefinition,
  State,
} from '../../schemas/process-definition.ts';
import type { GateOutcome, Position, TransitionCause } from './compiled-process.ts';
import type { FindingList } from './finding-list.ts';
import type { SourceNode } from './read-source.ts';
import { resolveTarget } from './resolve-target.ts';
import { renameFix, suggestName } from './suggest-name.ts';

export type StateKind = 'atomic' | 'compound' | 'parallel' | 'final' | 'history';

export interface TreeState {
  /** Path of names joined by dots; '' for the root. */
  readonly id: string;
  readonly name: string;
  readonly kind: StateKind;
  readonly parent: TreeState | null;
  readonly children: ReadonlyMap<string, TreeState>;
  /** Rises in the order of the file. */
  readonly order: number;
  /** What the file says; for the root, what of it a state may have. */
  readonly definition: State;
  readonly source: SourceNode;
  readonly position: Position;
  /** Where a compound state begins. */
  readonly initial: TreeState | null;
  /** Where a history state leads when there is no history; null for the parent's own beginning. */
  readonly historyDefault: TreeState | null;
  readonly transitions: readonly TreeTransition[];
}

export interface TreeTransition {
  readonly id: string;
  readonly source: TreeState;
  readonly cause: TransitionCause;
  /** Null where the transition stays. */
  readonly target: TreeState | null;
  readonly forbidden: boolean;
  /** What the file says, a mere target written out; plain transitions are event transitions without allow and input. */
  readonly definition: EventTransition;
  readonly node: SourceNode;
  readonly position: Position;
}

export interface StateTree {
  readonly process: string;
  readonly root: TreeState;
  /** Every state by id, in the order of the file, the root first. */
  readonly states: ReadonlyMap<string, TreeState>;
  readonly transitions: readonly TreeTransition[];
}

export const gateOutcomes: readonly GateOutcome[] = ['approved', 'rejected', 'returned'];

/** Builds the tree. Names that refer to nothing become findings and lead nowhere. */
export function buildStateTree(
  definition: ProcessDefinition,
  source: SourceNode,
  findings: FindingList,
): StateTree {
  const building: Building = {
    states: new Map(),
    named: new Map(),
    process: definition.id,
    messages: new Set(Object.keys(definition.messages ?? {})),
    findings,
  };
  const rootDefinition: State = {
    states: definition.states,
    ...(definition.type === undefined ? {} : { type: definition.type }),
    ...(definition.initial === undefined ? {} : { initial: definition.initial }),
    ...(definition.on === undefined ? {} : { on: definition.on }),
  };
  const root = addState(building, '', null, rootDefinition, source, source.position);
  for (const state of building.states.values()) linkState(building, state);
  for (const state of building.states.values()) addTransitions(building, state);
  const transitions = [...building.states.values()].flatMap((state) => state.transitions);
  return { process: definition.id, root, states: building.states, transitions };
}

/** The state and those around it, innermost first. */
export function* selfAndAncestors(state: TreeState): Generator<TreeState> {
  for (let at: TreeState | null = state; at !== null; at = at.parent) yield at;
}

/** Whether `state` lies somewhere inside `ancestor`. */
export function isInside(state: TreeState, ancestor: TreeState): boolean {
  for (let at = state.parent; at !== null; at = at.parent) if (at === ancestor) return true;
  return false;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface Building {
  readonly states: Map<string, TreeState>;
  /** States by the `id` they give themselves. */
  readonly named: Map<string, TreeState>;
  readonly process: string;
  /** Names of the messages that the file declares. */
  readonly messages: ReadonlySet<string>;
  readonly findings: FindingList;
}

function addState(
  building: Building,
  name: string,
  parent: TreeState | null,
  definition: State,
  source: SourceNode,
  position: Position,
): TreeState {
  const id = parent === null || parent.id === '' ? name : `${parent.id}.${name}`;
  const children = new Map<string, TreeState>();
  const kind = kindOf(definition);
  const state: TreeState = {
    id,
    name,
    kind,
    parent,
    children,
    order: building.states.size,
    definition,
    source,
    position,
    initial: null,
    historyDefault: null,
    transitions: [],
  };
  building.states.set(id, state);
  const inner = source.members?.get('states')?.node;
  for (const [childName, child] of Object.entries(definition.states ?? {})) {
    const member = inner?.members?.get(childName);
    if (member === undefined) continue;
    children.set(childName, addState(building, childName, state, child, member.node, member.keyPosition));
  }
  return state;
}

function kindOf(definition: State): StateKind {
  if (definition.type !== undefined) return definition.type;
  if (definition.states !== undefined) return 'compound';
  return definition.history !== undefined ? 'history' : 'atomic';
}

/** Resolves `id`, `initial` and a history state's `target`. */
function linkState(building: Building, state: TreeState): void {
  const { definition, source } = state;
  const { findings } = building;
  if (definition.id !== undefined) {
    const position = source.members?.get('id')?.node.position ?? state.position;
    const other = building.named.get(definition.id);
    if (other !== undefined || definition.id === building.process) {
      const owner = other === undefined ? 'the process itself' : `state "${other.id}"`;
      findings.error(
        'duplicate-id',
        position,
        `The id "${definition.id}" is that of ${owner}. Choose another.`,
      );
    } else {
      building.named.set(definition.id, state);
    }
  }
  if (state.kind !== 'compound') return;
  const position = source.members?.get('initial')?.node.position ?? state.position;
  const name = state.id === '' ? 'The process' : `State "${state.id}"`;
  if (definition.initial === undefined) {
    const first = state.children.keys().next().value ?? 'first';
    findings.error(
      'missing-initial',
      position,
      `${name} does not say where it begins. Add "initial: ${first}".`,
    );
    return;
  }
  const initial = state.children.get(definition.initial);
  if (initial === undefined) {
    const known = suggestName(definition.initial, state.children.keys());
    findings.error(
      'unknown-initial',
      position,
      `${name} has no state "${definition.initial}" to begin in.${known}`,
      renameFix(
        source.members?.get('initial')?.node.within(0) ?? position,
        definition.initial,
        state.children.keys(),
      ),
    );
  } else if (initial.kind === 'history') {
    findings.error(
      'unknown-initial',
      position,
      `${name} cannot begin in a history state. Name another state.`,
    );
  } else {
    (state as Mutable<TreeState>).initial = initial;
  }
}

function addTransitions(building: Building, state: TreeState): void {
  const { definition, source } = state;
  const found: TreeTransition[] = [];
  const add = (
    cause: TransitionCause,
    value: unknown,
    node: SourceNode | undefined,
    key: Position | undefined,
  ) => {
    if (value === undefined || node === undefined) return;
    const many = Array.isArray(value);
    for (const [index, one] of (many ? value : [value]).entries()) {
      const itemNode = many ? (node.items?.[index] ?? node) : node;
      const position = many ? itemNode.position : (key ?? itemNode.position);
      found.push(transition(building, state, cause, index, one, itemNode, position));
    }
  };
  const on = source.members?.get('on')?.node;
  for (const [event, value] of Object.entries(definition.on ?? {})) {
    const member = on?.members?.get(event);
    add(causeOf(building, state, event), value, member?.node, member?.keyPosition);
  }
  const member = (name: string) => source.members?.get(name);
  add({ kind: 'always' }, definition.always, member('always')?.node, member('always')?.keyPosition);
  const after = member('after')?.node;
  for (const [delay, value] of Object.entries(definition.after ?? {})) {
    const entry = after?.members?.get(delay);
    add({ kind: 'after', delay }, value, entry?.node, entry?.keyPosition);
  }
  add({ kind: 'done' }, definition.onDone, member('onDone')?.node, member('onDone')?.keyPosition);
  add({ kind: 'error' }, definition.onError, member('onError')?.node, member('onError')?.keyPosition);
  const overdue = member('gate')?.node.members?.get('onOverdue');
  add({ kind: 'overdue' }, movesOf(definition.gate?.onOverdue), overdue?.node, overdue?.keyPosition);
  const operator = member('operator')?.node;
  const skip = operator?.members?.get('skip');
  add({ kind: 'skip' }, definition.operator?.skip, skip?.node, skip?.keyPosition);
  for (const [index, to] of (definition.operator?.repair ?? []).entries())
    add({ kind: 'repair', to }, to, operator?.members?.get('repair')?.node.items?.[index], undefined);
  const writable = state as Mutable<TreeState>;
  writable.transitions = found;
  if (state.kind === 'history' && definition.target !== undefined && state.parent !== null) {
    const node = member('target')?.node ?? source;
    writable.historyDefault = resolveTarget(building, state, definition.target, node);
  }
}

/** Of what an overdue gate does, only where it leads and what it sets is a transition; one that stays is one too. */
function movesOf(overdue: Overdue | undefined): PlainTransition | undefined {
  if (overdue === undefined) return undefined;
  const { escalate: _told, remind: _again, ...moves } = overdue;
  return moves;
}

function causeOf({ messages }: Building, state: TreeState, event: string): TransitionCause {
  const outcome = gateOutcomes.find((name) => name === event);
  if (state.definition.gate !== undefined && outcome !== undefined) return { kind: 'outcome', outcome };
  return messages.has(event) ? { kind: 'message', message: event } : { kind: 'event', event };
}

function transition(
  building: Building,
  source: TreeState,
  cause: TransitionCause,
  index: number,
  value: unknown,
  node: SourceNode,
  position: Position,
): TreeTransition {
  const forbidden = value === null;
  const definition: EventTransition =
    typeof value === 'string' ? { target: value } : ((value ?? {}) as EventTransition);
  const targetNode = node.members?.get('target')?.node ?? node;
  const target =
    definition.target === undefined ? null : resolveTarget(building, source, definition.target, targetNode);
  const id = `${source.id}:${causeName(cause)}:${index}`;
  return { id, source, cause, target, forbidden, definition, node, position };
}

/** How a cause is written in transition ids and counterexamples. */
export function causeName(cause: TransitionCause): string {
  switch (cause.kind) {
    case 'event':
      return `event.${cause.event}`;
    case 'after':
      return `after.${cause.delay}`;
    case 'outcome':
      return `outcome.${cause.outcome}`;
    case 'message':
      return `message.${cause.message}`;
    case 'repair':
      return `repair.${cause.to}`;
    default:
      return cause.kind;
  }
}
