/**
 * What the people of a process could do where an instance stands, each thing by the first who may: with
 * sample data, from the least to the most that a schema allows.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Allow, State } from '../../schemas/process-definition.ts';
import type { CompiledProcess, CompiledTransition } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { candidatesFor } from '../oversight/candidates.ts';
import { couldMatch } from '../oversight/could-match.ts';
import type { Directory, Principal } from '../oversight/directory.ts';
import { snapshotOf } from '../oversight/snapshot.ts';
import { activeStates } from '../step/active-states.ts';
import type { HeldProposal, StoredState } from '../step/stored-state.ts';
import type { Move, Place } from './make-move.ts';
import { type Extent, sampleValue } from './sample-value.ts';
import type { Act } from './scenario.ts';

/** Tries a move: the code it is refused with, or null when it can be made. */
type Try = (move: Move) => string | null;

const extents: readonly Extent[] = ['least', 'large', 'most'];
const verdicts = ['approve', 'return', 'reject'] as const;
const sampleReason = 'Example reason.';
/** Of a large directory, the first who could be meant are enough to try. */
const mostPeople = 60;

export function possibleMoves(
  process: CompiledProcess,
  directory: Directory,
  { state, nowMs }: Place,
  attempt: Try,
): readonly Move[] {
  const finder = new MoveFinder(process, directory, nowMs, attempt);
  if (state === null) return finder.starts();
  if (state.status === 'done') return [];
  const dueMs = Object.values(state.timers).map(({ dueAt }) => Date.parse(dueAt));
  const wait: Act[] =
    dueMs.length === 0 ? [] : [{ kind: 'advance', durationMs: Math.max(0, Math.min(...dueMs) - nowMs) }];
  return [
    ...finder.events(state),
    ...finder.proposals(state),
    ...finder.decisions(state),
    ...wait.map((act): Move => ({ act, by: null })).filter((move) => attempt(move) === null),
  ];
}

class MoveFinder {
  readonly #process: CompiledProcess;
  readonly #directory: Directory;
  readonly #time: string;
  readonly #principals: readonly Principal[];
  readonly #ids: readonly string[];
  readonly #attempt: Try;

  constructor(process: CompiledProcess, directory: Directory, nowMs: number, attempt: Try) {
    this.#time = new Date(nowMs).toISOString();
    this.#process = process;
    this.#principals = [...directory.principals.values()].filter(({ active }) => active);
    this.#directory = directory;
    this.#ids = this.#principals.map(({ id }) => id);
    this.#attempt = attempt;
  }

  starts(): readonly Move[] {
    const { start, context } = this.#process.definition;
    const schema = start.input ?? withoutFields(context, [...this.#process.decisionFields.keys()]);
    const acts = this.#samples(schema).map((data): Act => ({ kind: 'start', data }));
    return this.#moves(acts, [start.allow]);
  }

  events(state: StoredState): readonly Move[] {
    const active = activePath(state);
    const candidates = [...this.#process.transitions.values()].filter(
      ({ source, cause, forbidden }) => active.has(source) && cause.kind === 'event' && !forbidden,
    );
    return Map.groupBy(candidates, eventOf)
      .entries()
      .flatMap(([type, transitions]) => {
        const schemas = transitions.map((transition) => inputOf(this.#process, transition));
        const datas = schemas.flatMap((schema) => (schema === null ? [{}] : this.#samples(schema)));
        const acts = distinct(datas).map((data): Act => ({ kind: 'event', type, data }));
        return this.#moves(
          acts,
          transitions.map(({ allow }) => allow),
        );
      })
      .toArray();
  }

  proposals(state: StoredState): readonly Move[] {
    const asking = Object.keys(state.requests);
    return asking.flatMap((place) => {
      const propose = this.#process.proposes.get(place)?.propose;
      if (propose === undefined) return [];
      const at = asking.length > 1 ? place : null;
      const acts = this.#samples(propose.output).map(
        (payload): Act => ({ kind: 'proposal', at, payload, operator: null }),
      );
      return this.#moves(acts, [propose.agent]);
    });
  }

  decisions(state: StoredState): readonly Move[] {
    return Object.keys(state.gates).flatMap((gate) => {
      const compiled = this.#process.gates.get(gate)?.gate;
      if (compiled === undefined) return [];
      const personnel =
        compiled.binds !== undefined && this.#process.decisions.get(compiled.binds)?.personnel === true;
      const acts = verdicts.map((verdict): Act => {
        const reason = verdict === 'approve' && !personnel ? null : sampleReason;
        const choice = verdict === 'approve' ? this.#firstOf(candidatesFor(state, compiled)) : null;
        return { kind: 'decision', gate, verdict, ...(choice === null ? {} : { choice }), reason };
      });
      const views: Act[] =
        compiled.independentView === true ? [{ kind: 'view', gate, text: 'Example view.' }] : [];
      const counts: Act[] = compiled.ballot === 'secret' ? [{ kind: 'count', gate }] : [];
      return this.#moves([...views, ...acts, ...counts], [compiled.reviewers]);
    });
  }

  /** Of several proposals the one that came first, by its agent: so that all choose the same. */
  #firstOf(candidates: readonly HeldProposal[]): Principal | null {
    const [first] = [...candidates].sort((one, other) => one.seq - other.seq);
    return first === undefined ? null : (this.#directory.principals.get(first.proposer) ?? null);
  }

  /** Each act by the first who may; where only a guard is against it, by the first whom it holds up. */
  #moves(acts: readonly Act[], allows: readonly (Allow | undefined)[]): readonly Move[] {
    const people = this.#principals
      .filter((principal) => {
        const actor = snapshotOf(principal, this.#directory, this.#time);
        return allows.some((allow) => allow !== undefined && couldMatch(allow, actor));
      })
      .slice(0, mostPeople);
    return acts.flatMap((act) => {
      const tried = people.map((by) => ({ act, by }));
      const answers = tried.values().map((move) => ({ move, refused: this.#attempt(move) }));
      let held: Move | null = null;
      for (const { move, refused } of answers) {
        if (refused === null) return [move];
        if (refused === 'guard-failed') held ??= move;
      }
      return held === null ? [] : [held];
    });
  }

  #samples(schema: { readonly [member: string]: unknown }): readonly JsonObject[] {
    const samples = extents.map((extent) => sampleValue(schema as JsonObject, extent, this.#ids));
    return distinct(samples.filter((one): one is JsonObject => typeof one === 'object' && one !== null));
  }
}

/** Active states, and all around them, the process itself included. */
function activePath(state: StoredState): ReadonlySet<string> {
  const active = new Set(['']);
  for (const leaf of activeStates(state.value)) {
    const names = leaf.split('.');
    for (let length = 1; length <= names.length; length += 1) active.add(names.slice(0, length).join('.'));
  }
  return active;
}

const eventOf = ({ cause }: CompiledTransition) => (cause.kind === 'event' ? cause.event : '');

/** The schema of the data, from where the transition is written; null when it takes none. */
function inputOf(
  { definition }: CompiledProcess,
  { id, source, cause }: CompiledTransition,
): JsonObject | null {
  if (cause.kind !== 'event') return null;
  let at: Pick<State, 'states' | 'on'> | undefined = definition;
  for (const name of source === '' ? [] : source.split('.')) at = memberOf(at?.states ?? {}, name);
  const written = memberOf(at?.on ?? {}, cause.event);
  const index = Number(id.slice(id.lastIndexOf(':') + 1));
  const one = Array.isArray(written) ? written[index] : written;
  if (typeof one !== 'object' || one === null || !('input' in one)) return null;
  return (one.input as JsonObject | undefined) ?? null;
}

/** What a start takes without `input`: the context, less what only an approved proposal writes. */
function withoutFields(
  schema: { readonly [member: string]: unknown },
  fields: readonly string[],
): JsonObject {
  const { properties = {}, required = [], ...rest } = schema as JsonObject;
  const kept = Object.entries(properties as JsonObject).filter(([name]) => !fields.includes(name));
  const needed = (required as readonly Json[]).filter((name) => !fields.includes(String(name)));
  return { ...rest, properties: Object.fromEntries(kept), required: needed };
}

function distinct(values: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(values.map((value) => [canonicalJson(value), value])).values()];
}
