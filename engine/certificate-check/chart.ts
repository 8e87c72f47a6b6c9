/**
 * What may happen next in a statechart, for the checker of certificates alone. States are the texts of
 * their paths. Guards and rules count as both true and false; an operator's move is none of these.
 */
import type { ProcessDefinition, State } from '../../schemas/process-definition.ts';
import type { CompiledProcess, CompiledState, CompiledTransition } from '../definition/compiled-process.ts';

type Ids = readonly string[];

export interface Move {
  /** The active leaves it leads to, and their key in the certificate. */
  readonly to: Ids;
  readonly key: string;
  readonly exits: Ids;
  readonly entries: Ids;
  /** Null for the start, and for a proposal that comes where no candidate takes it. */
  readonly transition: CompiledTransition | null;
  /** The state whose request for a proposal is answered. */
  readonly asks: string | null;
  /** Made before announcements of what is done are heard. */
  readonly eventless: boolean;
}

const isInside = (id: string, around: string) =>
  around === '' ? id !== '' : id.startsWith(around) && id[around.length] === '.';
const isWithin = (id: string, around: string) => id === around || isInside(id, around);
const keyOf = (leaves: Ids) => leaves.join(' + ');

export class Chart {
  readonly ids: Ids;
  readonly #process: CompiledProcess;
  readonly #states: ReadonlyMap<string, CompiledState>;
  readonly #order: ReadonlyMap<string, number>;
  readonly #children = new Map<string, string[]>();
  readonly #definitions = new Map<string, State>();
  readonly #transitions: ReadonlyMap<string, readonly CompiledTransition[]>;
  readonly #forbids: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(process: CompiledProcess) {
    this.#process = process;
    this.#states = process.states ?? new Map();
    this.ids = [...this.#states.keys()];
    this.#order = new Map(this.ids.map((id, index) => [id, index]));
    for (const { id, kind, parent } of this.#states.values()) {
      if (parent === null || kind === 'history') continue;
      const siblings = this.#children.get(parent);
      if (siblings === undefined) this.#children.set(parent, [id]);
      else siblings.push(id);
    }
    for (const id of this.ids) this.#definitions.set(id, find(process.definition, id));
    const all = [...process.transitions.values()];
    this.#transitions = Map.groupBy(all, ({ source }) => source);
    const forbidden = Map.groupBy(
      all.filter((one) => one.forbidden),
      ({ source }) => source,
    );
    const events = (list: readonly CompiledTransition[]) =>
      new Set(list.map(({ cause }) => nameOf(cause) ?? ''));
    this.#forbids = new Map([...forbidden].map(([id, list]) => [id, events(list)]));
  }

  kindOf(id: string): CompiledState['kind'] | undefined {
    return this.#states.get(id)?.kind;
  }

  /** What the file says of the state. */
  definition(id: string): State {
    return this.#definitions.get(id) ?? {};
  }

  /** Null where the key names something else than leaves. */
  leavesOf(key: string): Ids | null {
    const leaves = key.split(' + ');
    return leaves.every((id) => ['atomic', 'final'].includes(this.kindOf(id) ?? '')) ? leaves : null;
  }

  /** The leaves and all around them. */
  around(leaves: Ids): Ids {
    const active = new Set(leaves);
    for (const leaf of leaves) {
      for (let dot = leaf.lastIndexOf('.'); dot > 0; dot = leaf.lastIndexOf('.', dot - 1))
        active.add(leaf.slice(0, dot));
    }
    return [...active, ''];
  }

  start(): Move {
    const to = this.#enter('', []);
    const none = { exits: [], transition: null, asks: null, eventless: false };
    return { ...none, to, key: keyOf(to), entries: this.around(to) };
  }

  hasEnded(leaves: Ids): boolean {
    return this.#isDone('', new Set(leaves));
  }

  doneIn(leaves: Ids): Ids {
    const active = new Set(leaves);
    return this.around(leaves).filter((id) => this.#isDone(id, active));
  }

  #isDone(id: string, leaves: ReadonlySet<string>): boolean {
    if (this.kindOf(id) === 'compound') {
      for (const leaf of leaves)
        if (this.kindOf(leaf) === 'final' && this.#states.get(leaf)?.parent === id) return true;
      return false;
    }
    const children = this.#children.get(id) ?? [];
    return this.kindOf(id) === 'parallel' && children.every((child) => this.#isDone(child, leaves));
  }

  moves(leaves: Ids, waiting: Ids): readonly Move[] {
    if (this.hasEnded(leaves)) return [];
    const active = this.around(leaves);
    const moves: Move[] = [];
    for (const id of active) {
      const own = this.#transitions.get(id) ?? [];
      const asks = this.#process.proposes.has(id) ? id : null;
      if (asks !== null && !own.some(({ cause, guard }) => cause.kind === 'done' && guard === undefined)) {
        const none = { exits: [], entries: [], transition: null, eventless: false };
        moves.push({ ...none, to: leaves, key: keyOf(leaves), asks });
      }
      for (const one of own)
        if (this.#may(one, asks, active, waiting)) moves.push(...this.#take(one, leaves));
    }
    return moves;
  }

  #may({ source, cause, forbidden }: CompiledTransition, asks: string | null, active: Ids, waiting: Ids) {
    if (forbidden) return false;
    if (cause.kind === 'done') return asks !== null || this.#works(source) || waiting.includes(source);
    const name = nameOf(cause);
    if (name === null) return true;
    // What a state further in forbids does not get out to this one; no wildcard is about messages.
    return !active.some((id) => {
      const forbids = isInside(id, source) ? this.#forbids.get(id) : undefined;
      return forbids !== undefined && (forbids.has(name) || (cause.kind === 'event' && forbids.has('*')));
    });
  }

  /** What it waits for is told from outside when it is done. */
  #works(id: string): boolean {
    return this.definition(id).invoke !== undefined;
  }

  #take(transition: CompiledTransition, leaves: Ids): readonly Move[] {
    const { source, cause } = transition;
    const asks = cause.kind === 'done' && this.#process.proposes.has(source) ? source : null;
    const eventless =
      cause.kind === 'always' || (cause.kind === 'done' && asks === null && !this.#works(source));
    const [target] = transition.targets;
    const common = { transition, asks, eventless };
    if (target === undefined) return [{ ...common, to: leaves, key: keyOf(leaves), exits: [], entries: [] }];
    const wanted = this.kindOf(target) === 'history' ? this.#remembered(target) : [[target]];
    return wanted.map((targets) => {
      const staying = this.#staying(transition, targets);
      const kept = leaves.filter((leaf) => !isWithin(leaf, staying));
      const to = this.#sort([...kept, ...this.#enter(staying, targets)]);
      const inside = (id: string) => isInside(id, staying);
      const exits = this.around(leaves).filter(inside);
      return { ...common, to, key: keyOf(to), exits, entries: this.around(to).filter(inside) };
    });
  }

  /** The innermost state that is neither left nor entered on the way. */
  #staying(transition: CompiledTransition, targets: Ids): string {
    const { source } = transition;
    if (!isReentering(this.definition(source), transition) && targets.every((id) => isWithin(id, source)))
      return source;
    let at = source;
    while (at !== '' && ![...targets, source].every((id) => isInside(id, at)))
      at = this.#states.get(at)?.parent ?? '';
    return at;
  }

  #enter(id: string, targets: Ids): Ids {
    if (this.kindOf(id) === 'parallel')
      return (this.#children.get(id) ?? []).flatMap((child) => this.#enter(child, targets));
    if (this.kindOf(id) !== 'compound') return [id];
    const inner = id === '' ? '' : `${id}.`;
    const target = targets.find((one) => isInside(one, id) && this.kindOf(childOn(one, inner)) !== 'history');
    const next = target === undefined ? `${inner}${this.#states.get(id)?.initial}` : childOn(target, inner);
    return this.#states.has(next) ? this.#enter(next, targets) : [id];
  }

  /** Where a history state may lead: to its default, or to whatever may have been active. */
  #remembered(history: string): readonly Ids[] {
    const { parent, historyDefault } = this.#states.get(history) ?? {};
    const around = parent ?? '';
    const given = historyDefault !== undefined && this.kindOf(historyDefault) !== 'history';
    const first = given ? [historyDefault] : this.#enter(around, []);
    if (this.definition(history).history === 'deep') return [first, ...this.#leafSets(around)];
    const children = this.#children.get(around) ?? [];
    return [first, ...(this.kindOf(around) === 'parallel' ? [children] : children.map((child) => [child]))];
  }

  #leafSets(id: string): readonly Ids[] {
    const inner = (this.#children.get(id) ?? []).map((child) => this.#leafSets(child));
    if (this.kindOf(id) === 'compound') return inner.flat();
    return inner.reduce((sets, more) => sets.flatMap((set) => more.map((one) => [...set, ...one])), [
      this.kindOf(id) === 'parallel' ? [] : [id],
    ] as readonly Ids[]);
  }

  #sort(ids: Ids): Ids {
    return [...ids].sort((one, other) => (this.#order.get(one) ?? 0) - (this.#order.get(other) ?? 0));
  }
}

/** The child, inside the state whose path this text begins with, that is or holds the target. */
function childOn(target: string, inner: string): string {
  const dot = target.indexOf('.', inner.length);
  return dot === -1 ? target : target.slice(0, dot);
}

/** As a state forbids it; null for what nobody sends. Messages and events are told apart. */
function nameOf(cause: CompiledTransition['cause']): string | null {
  if (cause.kind === 'message') return `message ${cause.message}`;
  return cause.kind === 'event' ? cause.event : null;
}

function find(definition: ProcessDefinition, id: string): State {
  const { states, on } = definition;
  let at: State = { states, ...(on === undefined ? {} : { on }) };
  for (const name of id === '' ? [] : id.split('.')) at = at.states?.[name] ?? {};
  return at;
}

function isReentering(source: State, { id, cause }: CompiledTransition): boolean {
  const written = {
    start: undefined,
    event: source.on?.[cause.kind === 'event' ? cause.event : ''],
    outcome: source.on?.[cause.kind === 'outcome' ? cause.outcome : ''],
    after: source.after?.[cause.kind === 'after' ? cause.delay : ''],
    always: source.always,
    done: source.onDone,
    error: source.onError,
    message: source.on?.[cause.kind === 'message' ? cause.message : ''],
    // None of these can re-enter.
    overdue: undefined,
    skip: undefined,
    repair: undefined,
  }[cause.kind];
  const candidate = Array.isArray(written) ? written[Number(id.slice(id.lastIndexOf(':') + 1))] : written;
  return typeof candidate === 'object' && candidate !== null && candidate.reenter === true;
}
