/**
 * Which boxes and arrows a picture has. What leads nowhere becomes a line inside its box, as in UML; what holds
 * everywhere inside a frame starts from a box of its own, so that no arrow has to leave a frame inwards.
 */
import type { State } from '../../schemas/process-definition.ts';
import type { CompiledState, CompiledTransition } from '../definition/compiled-process.ts';
import type { ArrowLook } from './picture-content.ts';
import type { PicturedProcess } from './pictured-process.ts';

export interface PlannedBox {
  readonly id: string;
  readonly parent: string;
  readonly kind: 'state' | 'initial' | 'anywhere' | 'again';
  /** The state shown; of the others, the one they stand for. */
  readonly state: CompiledState;
  /** Transitions written inside the box. */
  readonly inside: readonly CompiledTransition[];
  /** Of an ending that others only name: from how many places they do. */
  readonly named: number;
  readonly holds: boolean;
}

export interface PlannedArrow {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly look: ArrowLook;
  readonly transition: CompiledTransition | null;
}

export interface PicturePlan {
  readonly boxes: readonly PlannedBox[];
  readonly arrows: readonly PlannedArrow[];
}

/** From so many places on, the way to an ending is named in each box instead of drawn across the picture. */
const manyWays = 3;

/** Boxes come in the order of the file, each after the one around it. */
export function planPicture(process: PicturedProcess): PicturePlan {
  const states = [...(process.states ?? new Map<string, CompiledState>()).values()];
  const transitions = [...process.transitions.values()];
  const holding = new Set(states.map(({ parent }) => parent));
  const exits = exitsOf(process, transitions, holding);
  const planning: Planning = { transitions, holding, exits };
  return {
    boxes: [...states.flatMap((state) => boxesOf(state, planning)), ...boxesToGoBackTo(process, transitions)],
    arrows: [
      ...states.flatMap(arrowsFromMarks),
      ...transitions.filter((one) => !isInside(one) && !exits.has(one)).map(arrowOf),
    ],
  };
}

interface Planning {
  readonly transitions: readonly CompiledTransition[];
  /** States with others inside. */
  readonly holding: ReadonlySet<string | null>;
  /** Transitions that are written into their box with the name of the ending they lead to. */
  readonly exits: ReadonlySet<CompiledTransition>;
}

function exitsOf(
  process: PicturedProcess,
  transitions: readonly CompiledTransition[],
  holding: ReadonlySet<string | null>,
): ReadonlySet<CompiledTransition> {
  const byEnding = new Map<string, CompiledTransition[]>();
  for (const transition of transitions) {
    const [target] = transition.targets;
    // Frames have no room for it, and what holds everywhere starts from a box of its own.
    if (
      target === undefined ||
      process.states?.get(target)?.kind !== 'final' ||
      holding.has(transition.source)
    )
      continue;
    byEnding.set(target, [...(byEnding.get(target) ?? []), transition]);
  }
  const places = (ways: readonly CompiledTransition[]) => new Set(ways.map(({ source }) => source)).size;
  return new Set([...byEnding.values()].filter((ways) => places(ways) >= manyWays).flat());
}

/** The state as the file has it; null for the root. */
export function stateInFile(process: PicturedProcess, id: string): State | null {
  let states: Readonly<Record<string, State>> | undefined = process.definition.states;
  let found: State | null = null;
  for (const name of id === '' ? [] : id.split('.')) {
    found = (states !== undefined && Object.hasOwn(states, name) ? states[name] : null) ?? null;
    states = found?.states;
  }
  return found;
}

function boxesOf(state: CompiledState, { transitions, holding, exits }: Planning): PlannedBox[] {
  const own = transitions.filter(({ source }) => source === state.id);
  const inside = own.filter((one) => isInside(one) || exits.has(one));
  const mark = (kind: 'initial' | 'anywhere', rows: readonly CompiledTransition[] = []): PlannedBox => ({
    id: markId(kind, state.id),
    parent: state.id,
    kind,
    state,
    inside: rows,
    named: 0,
    holds: false,
  });
  const isRoot = state.id === '';
  const everywhere = own.some((one) => leadsInwards(one)) || (isRoot && inside.length > 0);
  return [
    ...(isRoot
      ? []
      : [
          {
            id: state.id,
            parent: state.parent ?? '',
            kind: 'state' as const,
            state,
            inside,
            named: [...exits].filter(({ targets }) => targets[0] === state.id).length,
            holds: holding.has(state.id),
          },
        ]),
    ...(state.initial === undefined ? [] : [mark('initial')]),
    ...(everywhere ? [mark('anywhere', isRoot ? inside : [])] : []),
  ];
}

/** Where a transition leads back to a state around its own source. */
function boxesToGoBackTo(process: PicturedProcess, transitions: readonly CompiledTransition[]): PlannedBox[] {
  const boxes = new Map<string, PlannedBox>();
  for (const transition of transitions) {
    if (!leadsOutwards(transition)) continue;
    const [target = ''] = transition.targets;
    const state = process.states?.get(target);
    if (state === undefined) continue;
    const parent = parentOf(transition.source);
    const id = backId(transition);
    boxes.set(id, { id, parent, kind: 'again', state, inside: [], named: 0, holds: false });
  }
  return [...boxes.values()];
}

function arrowsFromMarks(state: CompiledState): PlannedArrow[] {
  const { id, initial, historyDefault } = state;
  const marks: PlannedArrow[] = [];
  if (initial !== undefined) {
    const to = id === '' ? initial : `${id}.${initial}`;
    const look = id === '' ? 'start' : 'initial';
    marks.push({ id: markId('initial', id), from: markId('initial', id), to, look, transition: null });
  }
  if (historyDefault !== undefined) {
    marks.push({ id: `:history:${id}`, from: id, to: historyDefault, look: 'history', transition: null });
  }
  return marks;
}

function arrowOf(transition: CompiledTransition): PlannedArrow {
  const { id, source } = transition;
  const [target = ''] = transition.targets;
  return {
    id,
    from: leadsInwards(transition) ? markId('anywhere', source) : source,
    to: leadsOutwards(transition) ? backId(transition) : target,
    look: arrowLook(transition),
    transition,
  };
}

export function arrowLook({ cause }: CompiledTransition): ArrowLook {
  switch (cause.kind) {
    case 'outcome':
      return cause.outcome;
    case 'event':
    case 'error':
    case 'after':
      return cause.kind;
    case 'overdue':
      return 'after';
    default:
      return 'automatic';
  }
}

/** Staying, forbidden, or coming back to the very same state: a line in the box says it better than an arrow. */
function isInside({ targets, forbidden, source }: CompiledTransition): boolean {
  return forbidden || targets.length === 0 || targets[0] === source;
}

function leadsInwards({ source, targets }: CompiledTransition): boolean {
  const [target = ''] = targets;
  return target !== source && target !== '' && (source === '' || target.startsWith(`${source}.`));
}

function leadsOutwards({ source, targets }: CompiledTransition): boolean {
  const [target] = targets;
  return target !== undefined && target !== source && (target === '' || source.startsWith(`${target}.`));
}

function markId(kind: 'initial' | 'anywhere', state: string): string {
  return `:${kind}:${state}`;
}

function backId({ source, targets }: CompiledTransition): string {
  return `:again:${parentOf(source)}:${targets[0] ?? ''}`;
}

function parentOf(id: string): string {
  return id.split('.').slice(0, -1).join('.');
}
