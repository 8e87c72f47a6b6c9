/**
 * Where a migration puts an instance: each active state of the definition it is on becomes a state of the
 * other one, and together they must be a combination of states that the other one can be in.
 *
 * It knows states and the map alone: nothing of gates that are open, of proposals, or of people.
 */
import type { Json } from '../../schemas/json.ts';
import type { Meaning } from '../../schemas/process-definition.ts';
import type { CompiledProcess, CompiledState } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { activeStates } from './active-states.ts';
import type { Blockers } from './blockers.ts';
import { isDone, isLeaf, stateOf } from './state-of.ts';

/** State of the one definition -> state, or states, of the other. Null: cases there stay where they are. */
export interface StateMap {
  readonly [state: string]: string | readonly string[] | null;
}

/** The acts of Article 4.7, in the order in which they follow on each other. */
export const meanings: readonly Meaning[] = ['consider', 'appraise', 'approve'];

export interface Landing {
  /** XState's state value in the other definition. */
  readonly value: Json;
  /** Active leaves in the order of the file, as certificates name a combination of states. */
  readonly leaves: readonly string[];
  /** Active states of the other definition, leaves and those around them, each with what it was before. */
  readonly origins: ReadonlyMap<string, readonly string[]>;
}

/**
 * A state that the map names goes where it says; one inside a state that the map names goes inside that; any
 * other keeps its name. Null: the map leaves it blank on purpose.
 */
export function imagesOf(map: StateMap, state: string): readonly string[] | null {
  const named = memberOf(map, state);
  if (named === null) return null;
  if (named !== undefined) return typeof named === 'string' ? [named] : named;
  const dot = state.lastIndexOf('.');
  if (dot < 0) return [state];
  const around = imagesOf(map, state.slice(0, dot));
  return around === null ? null : around.map((one) => `${one}${state.slice(dot)}`);
}

/** Names of the map that are no state, as the definitions have them. */
export function unknownNames(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
): readonly { readonly at: string; readonly message: string }[] {
  return Object.entries(map).flatMap(([state, named]) => {
    const images = named === null ? [] : [named].flat();
    const at = `/map/${state}`;
    return [
      ...(stateOf(from, state) === undefined
        ? [{ at, message: `"${state}" is no state of the definition that instances are on.` }]
        : []),
      ...images
        .filter((image) => stateOf(to, image) === undefined)
        .map((image) => ({ at, message: `"${image}" is no state of the definition they go to.` })),
      ...(images.length === 0 && named !== null
        ? [{ at, message: `Name a state for "${state}", or leave it blank.` }]
        : []),
    ];
  });
}

/** Null when the instance cannot be placed; `blockers` then says why. */
export function mapStates(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
  value: Json,
  blockers: Blockers,
): Landing | null {
  const before = blockers.count;
  const leaves = new Set<string>();
  for (const leaf of activeStates(value)) {
    for (const image of placesOf(from, to, map, leaf, blockers)) leaves.add(image);
  }
  if (blockers.count > before) return null;
  const active = withAround(to, leaves);
  checkCombination(to, active, blockers);
  if (blockers.count > before) return null;
  const origins = originsOf(from, map, value, active);
  checkEndings(from, to, value, active, origins, blockers);
  if (blockers.count > before) return null;
  const order = [...(to.states?.keys() ?? [])].filter((id) => leaves.has(id));
  return { value: stateValue(to, active, ''), leaves: order, origins };
}

/** The leaves that an active leaf becomes. */
function placesOf(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
  leaf: string,
  blockers: Blockers,
): readonly string[] {
  const images = imagesOf(map, leaf);
  if (images === null || images.some((image) => stateOf(to, image) === undefined)) {
    const why = images === null ? 'the map leaves it blank' : 'the other definition has no such state';
    blockers.add('not-possible-here', leaf, `It is in "${leaf}", and ${why}. Say in the map where it goes.`);
    return [];
  }
  const kind = stateOf(from, leaf)?.kind;
  for (const image of images) {
    const is = stateOf(to, image);
    if (is?.kind !== kind) {
      blockers.add('not-possible-here', leaf, otherKind(leaf, image, is?.kind));
    } else if (images.length === 1 && image === leaf && memberOf(map, leaf) === undefined) {
      if (natureOf(from, leaf) !== natureOf(to, image))
        blockers.add(
          'not-possible-here',
          leaf,
          `"${leaf}" is not the same in the other definition: ${natureOf(from, leaf)} there is ${natureOf(to, image)}. Say in the map where it goes.`,
        );
    }
  }
  return images;
}

function otherKind(leaf: string, image: string, kind: CompiledState['kind'] | undefined): string {
  if (kind === 'compound' || kind === 'parallel')
    return `"${image}" has states inside, so "${leaf}" cannot become it. Name the state inside, or states if it is parallel.`;
  return kind === 'final'
    ? `"${image}" is final, and a migration ends nothing. Name another state for "${leaf}".`
    : `"${image}" is not a state that "${leaf}" can become. Name another one.`;
}

/** What a state of the same name must still be, for an instance to stay in it unasked. */
function natureOf(process: CompiledProcess, state: string): string {
  const gate = process.gates.get(state)?.gate;
  if (gate !== undefined)
    return gate.binds === undefined ? 'a gate' : `a gate on a proposal of "${gate.binds}"`;
  const propose = process.proposes.get(state)?.propose;
  return propose === undefined ? 'an ordinary state' : `a wait for a proposal of "${propose.decision}"`;
}

/** The states and all those around them, the root included. */
function withAround(process: CompiledProcess, leaves: ReadonlySet<string>): ReadonlySet<string> {
  const active = new Set<string>();
  for (const leaf of leaves) {
    for (let id: string | null = leaf; id !== null; id = stateOf(process, id)?.parent ?? null) active.add(id);
  }
  return active;
}

/** One state inside each compound state, and one in every region: nothing else can be. */
function checkCombination(process: CompiledProcess, active: ReadonlySet<string>, blockers: Blockers): void {
  for (const { id, kind, parent } of process.states?.values() ?? []) {
    if (kind === 'history') continue;
    const around = parent === null ? undefined : stateOf(process, parent);
    if (around?.kind === 'parallel' && active.has(around.id) && !active.has(id)) {
      blockers.add(
        'not-possible-here',
        id,
        `It would be in "${around.id}" and in no state of its part "${id}". Name several states in the map, one for each part.`,
      );
    }
    if (kind !== 'compound' || !active.has(id)) continue;
    const inside = [...active].filter((one) => stateOf(process, one)?.parent === id);
    if (inside.length > 1) {
      blockers.add(
        'not-possible-here',
        id,
        `It would be in ${inside.map((one) => `"${one}"`).join(' and ')} at once, and only one of them can be active.`,
      );
    }
  }
}

function originsOf(
  from: CompiledProcess,
  map: StateMap,
  value: Json,
  active: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
  const origins = new Map<string, string[]>([...active].map((id) => [id, []]));
  for (const state of withAround(from, new Set(activeStates(value)))) {
    const images = state === '' ? [''] : (imagesOf(map, state) ?? []);
    for (const image of images) origins.get(image)?.push(state);
  }
  return origins;
}

/** That a state is done is heard when it becomes so. An instance put where one is done would wait for ever. */
function checkEndings(
  from: CompiledProcess,
  to: CompiledProcess,
  value: Json,
  active: ReadonlySet<string>,
  origins: Landing['origins'],
  blockers: Blockers,
): void {
  const before = withAround(from, new Set(activeStates(value)));
  for (const id of active) {
    if (isLeaf(stateOf(to, id)) || !isDone(to, id, active)) continue;
    const wasDone = (origins.get(id) ?? []).some((origin) => isDone(from, origin, before));
    if (id !== '' && wasDone) continue;
    const what = id === '' ? 'The whole process' : `"${id}"`;
    blockers.add(
      'not-possible-here',
      id,
      `${what} would have come to its end, and a migration ends nothing. Name other states in the map.`,
    );
  }
}

function stateValue(process: CompiledProcess, active: ReadonlySet<string>, id: string): Json {
  const inside = [...active].filter((one) => stateOf(process, one)?.parent === id);
  const nameOf = (state: string) => state.slice(state.lastIndexOf('.') + 1);
  const [first] = inside;
  if (first === undefined) return {};
  if (stateOf(process, id)?.kind === 'compound' && isLeaf(stateOf(process, first))) return nameOf(first);
  return Object.fromEntries(inside.sort().map((one) => [nameOf(one), stateValue(process, active, one)]));
}

/** The history that still names states inside its own; what does not is forgotten, and its default holds again. */
export function mapHistory(
  from: CompiledProcess,
  to: CompiledProcess,
  map: StateMap,
  history: { readonly [historyState: string]: readonly string[] },
): { readonly [historyState: string]: readonly string[] } {
  const mapped: { [historyState: string]: readonly string[] } = {};
  for (const [state, remembered] of Object.entries(history)) {
    const image = imagesOf(map, state);
    const [target] = image ?? [];
    if (target === undefined || image?.length !== 1 || depthOf(from, state) !== depthOf(to, target)) continue;
    const restored = remembered.flatMap((one) => imagesOf(map, one) ?? ['?']);
    if (canRestore(to, target, restored)) mapped[target] = [...restored].sort();
  }
  return mapped;
}

function depthOf(process: CompiledProcess, state: string): string | null {
  if (stateOf(process, state)?.kind !== 'history') return null;
  const names = state.split('.');
  let states = process.definition.states;
  for (const name of names.slice(0, -1)) states = states[name]?.states ?? {};
  return states[names.at(-1) ?? '']?.history ?? 'shallow';
}

/** Shallow: all of its regions, or one child. Deep: leaves that are one whole combination of its parent. */
function canRestore(process: CompiledProcess, historyState: string, restored: readonly string[]): boolean {
  const parent = stateOf(process, historyState)?.parent ?? null;
  if (parent === null || new Set(restored).size !== restored.length) return false;
  const children = [...(process.states?.values() ?? [])].filter(
    (one) => one.parent === parent && one.kind !== 'history',
  );
  if (depthOf(process, historyState) !== 'deep') {
    const wanted = children.map(({ id }) => id).filter((id) => restored.includes(id));
    const enough = stateOf(process, parent)?.kind === 'parallel' ? children.length : 1;
    return wanted.length === enough && restored.length === enough;
  }
  if (
    !restored.every((id) => isLeaf(stateOf(process, id)) && id.startsWith(parent === '' ? '' : `${parent}.`))
  )
    return false;
  const active = withAround(process, new Set(restored));
  return canonicalJson(childrenMissing(process, parent, active)) === '[]';
}

/** Parts of a combination that are missing, or one too many. */
function childrenMissing(
  process: CompiledProcess,
  id: string,
  active: ReadonlySet<string>,
): readonly string[] {
  const children = [...(process.states?.values() ?? [])].filter(
    (one) => one.parent === id && one.kind !== 'history',
  );
  const inside = children.filter((one) => active.has(one.id));
  const kind = stateOf(process, id)?.kind;
  const right =
    kind === 'parallel' ? inside.length === children.length : kind !== 'compound' || inside.length === 1;
  return right ? inside.flatMap((one) => childrenMissing(process, one.id, active)) : [id];
}
