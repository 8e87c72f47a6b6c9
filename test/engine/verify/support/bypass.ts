/**
 * Whether a compiled process lets an undecided proposal through: found by playing its XState machine in
 * every way, with an account of its own of what people have decided. It knows no proof and no graph.
 */
import { type AnyMachineSnapshot, type AnyStateNode, getInitialMicrosteps, getMicrosteps } from 'xstate';
import type { CompiledProcess, MachineEvent, Scope } from '../../../../engine/definition/compiled-process.ts';
import { sampleValue } from '../../../../engine/scenario/sample-value.ts';
import type { Json, JsonObject } from '../../../../schemas/json.ts';
import type { State } from '../../../../schemas/process-definition.ts';
import { leavesOf } from './explore.ts';

/** What people did with the latest proposal of a kind. */
type Held = { readonly [kind: string]: { readonly approved: boolean; readonly acts: string } };

interface Node {
  readonly snapshot: AnyMachineSnapshot;
  readonly held: Held;
}

type Microstep = readonly [AnyMachineSnapshot, readonly { readonly type: string }[]];

interface Stimulus {
  readonly type: string;
  readonly held: Held;
  readonly data: JsonObject;
  readonly allow: object | null;
}

const unsuccessful = new Set(['rejected', 'withdrawn', 'cancelled', 'failed', 'expired', 'abandoned']);

/** What went wrong first; null when nothing can. */
export function bypassIn(process: CompiledProcess): string | null {
  return new Player(process).play();
}

class Player {
  readonly #process: CompiledProcess;
  readonly #nodes = new Map<string, Node>();
  /** Contexts matter only where something asks for them. */
  readonly #asks: boolean;
  /** Every proposal, and every member of one, that was ever shown. */
  readonly #shown = new Set<string>();
  #read = new Set<string>();
  #serial = 0;

  constructor(process: CompiledProcess) {
    this.#process = process;
    this.#asks = [...process.transitions.values()].some(
      ({ guard }) => guard?.source.includes('context') === true,
    );
  }

  play(): string | null {
    const context = this.#sample(this.#process.definition.start.input ?? {});
    const start = { type: 'xstate.init', held: {}, data: {}, allow: null };
    const given = this.#event(start, context);
    const problem = this.#follow(null, start, () => getInitialMicrosteps(this.#process.machine, given));
    if (problem !== null) return problem;
    for (const { snapshot, held } of this.#nodes.values()) {
      if (this.#nodes.size > 5000) throw new Error('The process is too large to be played in every way.');
      for (const stimulus of this.#stimuli(snapshot, held)) {
        const event = this.#event(stimulus, snapshot.context);
        const wrong = this.#follow(snapshot, stimulus, () =>
          getMicrosteps(this.#process.machine, snapshot, event),
        );
        if (wrong !== null) return wrong;
      }
    }
    return null;
  }

  #follow(
    from: AnyMachineSnapshot | null,
    { held }: Stimulus,
    steps: () => readonly unknown[],
  ): string | null {
    this.#read = new Set();
    let before = from;
    try {
      for (const [after, actions] of steps() as readonly Microstep[]) {
        const wrong = this.#wrong(before, after, held) ?? this.#beyond(after, actions, held);
        if (wrong !== null) return wrong;
        before = after;
      }
    } catch {
      // What cannot be evaluated, and what never ends, moves nothing at all.
      return null;
    }
    const live = [...this.#read].find((kind) => held[kind]?.approved === false);
    if (live !== undefined) return `the live proposal of ${live} is read`;
    if (before === null || before.status !== 'active') return null;
    const key = JSON.stringify([
      leavesOf(before),
      historyOf(before),
      held,
      this.#asks ? before.context : null,
    ]);
    if (!this.#nodes.has(key)) this.#nodes.set(key, { snapshot: before, held });
    return null;
  }

  #wrong(before: AnyMachineSnapshot | null, after: AnyMachineSnapshot, held: Held): string | null {
    for (const [field, kind] of this.#process.decisionFields) {
      const value = after.context[field];
      if (value === before?.context[field]) continue;
      if (held[kind]?.approved !== true) return `${field} is written while ${kind} is not approved`;
      if (!this.#shown.has(JSON.stringify(value))) return `${field} takes what nobody proposed`;
    }
    if (after.status !== 'done') return null;
    const result = (after.output as { result?: string } | null)?.result;
    const live = Object.keys(held).find((kind) => held[kind]?.approved === false);
    return live === undefined || unsuccessful.has(result ?? '') ? null : `success while ${live} is undecided`;
  }

  /** A message, an action on a document, or work under way: none of it while anything is undecided. */
  #beyond(after: AnyMachineSnapshot, actions: Microstep[1], held: Held): string | null {
    const live = Object.keys(held).find((kind) => held[kind]?.approved === false);
    if (live === undefined) return null;
    const active = (after._nodes as AnyStateNode[]).map(({ path }) => path.join('.'));
    const working = active.find((id) => this.#process.invokes?.has(id));
    if (working !== undefined) return `${working} works while ${live} is undecided`;
    const reaches = actions.some(({ type }) => type === 'countersign.reaches');
    return reaches ? `something reaches beyond the process while ${live} is undecided` : null;
  }

  #stimuli(snapshot: AnyMachineSnapshot, held: Held): readonly Stimulus[] {
    const { gates, proposes, transitions } = this.#process;
    const stimuli: Stimulus[] = [];
    const add = (type: string, then: Held = held, data: JsonObject = {}, allow: object | null = null) =>
      stimuli.push({ type, held: then, data, allow });
    const active = new Set((snapshot._nodes as AnyStateNode[]).map(({ path }) => path.join('.')));
    for (const { cause, source, allow, id } of transitions.values()) {
      if (cause.kind !== 'event' || !active.has(source) || allow === undefined) continue;
      add(cause.event, held, this.#dataOf(id), allow);
    }
    for (const node of snapshot._nodes as AnyStateNode[]) {
      const id = node.path.join('.');
      for (const type of node.events)
        if (/^(xstate\.after|countersign\.(completed|overdue|message|skipped|repaired))\./.test(type))
          add(type);
      if (this.#process.invokes?.has(id) === true) add(`countersign.failed.${id}`);
      if (gates.has(id)) {
        add(`countersign.outcome.${id}.rejected`);
        add(`countersign.outcome.${id}.returned`);
        add(`countersign.outcome.${id}.approved`, this.#approve(held, id));
      }
      const kind = proposes.get(id)?.propose.decision;
      if (kind === undefined) continue;
      add(`countersign.proposed.${id}`, { ...held, [kind]: { approved: false, acts: '' } });
      add(`countersign.failed.${id}`);
    }
    return stimuli;
  }

  /** Article 4.7, written here once more on purpose. */
  #approve(held: Held, state: string): Held {
    const gate = this.#process.gates.get(state)?.gate;
    const kind = gate?.binds ?? '';
    const was = held[kind];
    if (gate === undefined || was === undefined || was.approved) return held;
    const acts = [...new Set([...was.acts.split(','), gate.meaning])].sort().join();
    const { importance, personnel, acts: also = [] } = this.#process.decisions.get(kind) ?? {};
    const all = ['appraise', 'approve', 'consider'].every((act) => acts.includes(act));
    const vote = gate.quorum?.approve !== undefined && typeof gate.quorum.approve !== 'number';
    const enough =
      personnel === true
        ? all && vote
        : all || (importance === 'ordinary' && also.every((act) => acts.includes(act)));
    return { ...held, [kind]: { approved: enough && gate.meaning === 'approve', acts } };
  }

  #event({ type, held, data, allow }: Stimulus, context: JsonObject): MachineEvent {
    const proposal: JsonObject = {};
    for (const kind of Object.keys(held))
      Object.defineProperty(proposal, kind, { enumerable: true, get: () => this.#show(kind) });
    const person = { principal: 'person:a', person: 'person:a', unit: 'unit:a' };
    const scope: Scope = {
      context,
      event: data,
      initiator: person,
      actor: { ...person, kind: 'person', roles: [], positions: [] },
      now: '2026-01-05T08:00:00.000Z',
      gate: { outcome: 'approved', remarks: 'Noted.', approvals: 1 },
      proposal,
    };
    return { type, scope, permits: (asked) => asked !== undefined && asked === allow };
  }

  #show(kind: string): JsonObject {
    this.#read.add(kind);
    this.#serial += 1;
    const propose = [...this.#process.proposes.values()].find(
      ({ propose: { decision } }) => decision === kind,
    );
    const payload = this.#sample(propose?.propose.output ?? {});
    for (const [name, value] of Object.entries(payload))
      if (typeof value === 'string' && value.startsWith('x'))
        Object.assign(payload, { [name]: `x${this.#serial}` });
    for (const value of [payload, ...Object.values(payload)]) this.#shown.add(JSON.stringify(value));
    return payload;
  }

  #dataOf(transition: string): JsonObject {
    const [source = '', , index = '0'] = transition.split(':');
    const event = transition.slice(source.length + ':event.'.length, transition.lastIndexOf(':'));
    const { definition } = this.#process;
    type Around = Pick<State, 'on' | 'states'>;
    const state = (source === '' ? [] : source.split('.')).reduce<Around | undefined>(
      (around, name) => around?.states?.[name],
      definition,
    );
    const written = state?.on?.[event];
    const one = Array.isArray(written) ? written[Number(index)] : written;
    return typeof one === 'object' && one?.input !== undefined ? this.#sample(one.input) : {};
  }

  #sample(schema: object): JsonObject {
    const value = sampleValue(schema as JsonObject, 'most', ['person:a']) as Json | undefined;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
  }
}

/** What a history would restore makes a difference to what can happen next. */
function historyOf({ historyValue }: AnyMachineSnapshot): object {
  const remembered = Object.entries(historyValue as Readonly<Record<string, readonly AnyStateNode[]>>);
  return remembered.map(([id, nodes]) => [id, nodes.map((node) => node.id)]);
}
