/**
 * What has changed at an open gate since a reviewer decided there, by playing the record again up to their
 * decision: so that whoever has to decide anew sees why.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { StoredEntry } from '../ledger/ledger.ts';
import type { Destination } from '../step/destination.ts';
import { replayInstance } from '../step/replay-instance.ts';
import { changedFields } from '../step/settle.ts';
import type { RecordedVerdict, Stimulus } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import { withoutTimeMarks } from '../step/time-marks.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Readable } from './load-readable.ts';

export interface ChangedSince {
  /** The decision that was theirs. */
  readonly since: { readonly seq: number; readonly verdict: RecordedVerdict; readonly time: string };
  readonly fields: readonly Change[];
  /** Of the proposal that the gate decides on. */
  readonly proposal: readonly (Change & { readonly origin: 'ai' })[];
}

/** Null stands for what is not there. */
export interface Change {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
}

const entriesAtOnce = 1000;
/** Longer records are not played again for whoever only looks. */
const mostEntries = 5000;

/** Null where the reader never decided there, or what was is not there to be read any more. */
export async function changedSince(
  world: Pick<BatchWorld, 'ledger' | 'processes'>,
  { stored, state, process, actor }: Readable,
  gate: string,
): Promise<ChangedSince | null> {
  const acted = memberOf(state.acted ?? {}, gate) ?? [];
  if (!acted.includes(actor.person) || stored.seq > mostEntries) return null;
  const entries: StoredEntry[] = [];
  for (let after = 0; after < stored.seq; after = entries.length) {
    const page = await world.ledger.readEntries(stored.id, after, entriesAtOnce);
    if (page.length === 0) break;
    entries.push(...page);
  }
  const own = entries.findLast(({ data }) => isOwn(data, gate, actor.person));
  if (own === undefined) return null;
  const then = await stateAfter(world, entries.slice(0, own.seq));
  if (then === null) return null;
  const { verdict, time } = toDecision(own.data);
  const kind = process.gates.get(gate)?.gate.binds;
  const payloadOf = ({ proposals }: StoredState) =>
    (kind === undefined ? undefined : memberOf(proposals, kind)?.payload) ?? {};
  return {
    since: { seq: own.seq, verdict, time },
    fields: changesBetween(withoutTimeMarks(process, then.context), withoutTimeMarks(process, state.context)),
    proposal: changesBetween(payloadOf(then), payloadOf(state)).map((change) => ({
      ...change,
      origin: 'ai',
    })),
  };
}

function isOwn(data: string | null, gate: string, person: string): boolean {
  if (data === null) return false;
  const { body, actor } = JSON.parse(data) as Stimulus;
  return body.kind === 'decision' && body.gate === gate && actor.person === person;
}

function toDecision(data: string | null): {
  readonly verdict: RecordedVerdict;
  readonly time: string;
} {
  const { body, time } = JSON.parse(data ?? '') as Stimulus;
  if (body.kind !== 'decision') throw new Error('The entry is no decision.');
  return { verdict: body.verdict, time };
}

/** Null where the record cannot be played to its end. */
async function stateAfter(
  { processes }: Pick<BatchWorld, 'processes'>,
  entries: readonly StoredEntry[],
): Promise<StoredState | null> {
  const named = entries.map(({ text }) => (JSON.parse(text) as { readonly definition: string }).definition);
  const destinations = new Map<string, Destination>();
  for (const hash of new Set(named)) {
    const destination = await processes.destination(hash);
    if (destination !== null && typeof destination !== 'string') destinations.set(hash, destination);
  }
  const first = await processes.get(named[0] ?? '');
  if (first === null) return null;
  let last: StoredState | null = null;
  let count = 0;
  for (const { result } of replayInstance(first, entries, (hash) => destinations.get(hash) ?? null)) {
    if (result.kind === 'refusal') return null;
    last = result.state;
    count += 1;
  }
  return count === entries.length ? last : null;
}

function changesBetween(before: JsonObject, after: JsonObject): readonly Change[] {
  return Object.keys(changedFields(before, after) ?? {})
    .sort()
    .map((name) => ({ name, before: memberOf(before, name) ?? null, after: memberOf(after, name) ?? null }));
}
