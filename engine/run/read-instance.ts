/** Reading instances and their record. What a caller may do next is asked of the same `nextStep` that would do it. */
import type { Entry } from '../../schemas/entry.ts';
import type { Json } from '../../schemas/json.ts';
import type { State, Title } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { StoredEntry, VisibleInstances } from '../ledger/ledger.ts';
import type { Principal } from '../oversight/directory.ts';
import { hasPart } from '../oversight/process-parts.ts';
import { activeStates } from '../step/active-states.ts';
import { checkReader, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Answer, Caller, Engine, InstanceView, Page, RecordEntry } from './engine-contract.ts';
import { fieldsFromAi, labelOfEntry, showAlternatives, showProposal } from './label-ai.ts';
import { loadReadable, type Readable } from './load-readable.ts';
import { countsAmong, decisionsAmong } from './read-decisions.ts';
import { gateViewOf } from './read-gate.ts';
import { refuse } from './refuse.ts';
import { isAllowed, tryEvent } from './try-event.ts';
import { withheldFrom } from './withhold-proposals.ts';

const largestPage = 200;

export function instanceReadingDoors(
  world: BatchWorld,
): Pick<Engine, 'readInstance' | 'search' | 'readRecord' | 'readDecisions'> {
  return {
    async readInstance(caller, instance) {
      const readable = await loadReadable(world, caller, instance);
      return isRefusal(readable) ? readable : { kind: 'done', value: instanceViewOf(readable) };
    },

    async search(caller, query) {
      const reader = await checkReader(world.directory, caller, 'read');
      if (isRefusal(reader)) return reader;
      if (query.cursor !== undefined && !isInstanceId(query.cursor)) return refuseCursor();
      const limit = pageSize(query.limit);
      const isAuditor = reader.kind !== 'agent' && reader.roles.includes(engineRoles.audit);
      const { cursor, limit: _, ...wanted } = query;
      const items = await world.ledger.searchInstances({
        ...wanted,
        visible: isAuditor ? null : await visibleTo(world, reader, query.process ?? null),
        ...(cursor === undefined ? {} : { after: cursor }),
        limit: limit + 1,
      });
      const page = items.slice(0, limit);
      return {
        kind: 'done',
        value: { items: page, next: items.length > limit ? (page.at(-1)?.id ?? null) : null },
      };
    },

    readRecord: (caller, instance, afterSeq, limit) => readPage(world, caller, instance, afterSeq, limit),

    async readDecisions(caller, instance, afterSeq, limit) {
      const page = await readPage(world, caller, instance, afterSeq, limit);
      if (isRefusal(page)) return page;
      const { items, next } = page.value;
      return { kind: 'done', value: { items: decisionsAmong(items), counts: countsAmong(items), next } };
    },
  };
}

async function readPage(
  world: BatchWorld,
  caller: Caller,
  instance: string,
  afterSeq: number,
  wantedLimit: number,
): Promise<Answer<Page<RecordEntry>>> {
  const readable = await loadReadable(world, caller, instance);
  if (isRefusal(readable)) return readable;
  const limit = pageSize(wantedLimit);
  const entries = await world.ledger.readEntries(instance, afterSeq, limit + 1);
  const withheld = withheldFrom(readable);
  const items = entries.slice(0, limit).map((stored) => recordEntryOf(stored, withheld));
  const next = entries.length > limit ? String(items.at(-1)?.entry.seq ?? '') : null;
  return { kind: 'done', value: { items, next } };
}

/** What others said of a proposal that is withheld would show it, too. */
function recordEntryOf(
  { text, hash, data }: Pick<StoredEntry, 'text' | 'hash' | 'data'>,
  kindsWithheld: ReadonlySet<string>,
): RecordEntry {
  const entry = JSON.parse(text) as Entry;
  const content = data === null ? null : (JSON.parse(data) as Json);
  const speaksOfIt = ['decision', 'count', 'view', 'attend'].includes(entry.kind);
  const withheld =
    entry.kind === 'proposal'
      ? kindsWithheld.has(entry.proposal?.decision ?? '')
      : speaksOfIt && kindsWithheld.size > 0;
  const ai = labelOfEntry(entry, content);
  return { entry, hash, data: withheld ? null : content, ai, withheld };
}

/** What `mayRead` answers of one instance, as a question to all of them. */
async function visibleTo(
  world: BatchWorld,
  reader: Principal,
  process: string | null,
): Promise<VisibleInstances> {
  const actor = world.directory.snapshotOf(reader);
  const used = await world.processes.parts(await world.ledger.listUsedDefinitions(process));
  const hashesFor = (initiatorUnit: string | null) =>
    used.filter((parts) => hasPart(parts, actor, initiatorUnit)).map(({ hash }) => hash);
  const { unit } = actor;
  return {
    definitions: hashesFor(null),
    ofUnit: unit === null ? null : { unit, definitions: hashesFor(unit) },
    initiator: reader.id,
  };
}

function instanceViewOf(readable: Readable): InstanceView {
  const { stored, state, process } = readable;
  const withheld = withheldFrom(readable);
  return {
    instance: stored.id,
    process: stored.process,
    definition: stored.definition,
    title: process.definition.title,
    seq: stored.seq,
    status: state.status,
    states: activeStates(state.value).map((id) => ({ state: id, title: stateTitle(process, id) })),
    context: state.context,
    output: state.output,
    initiator: state.initiator.principal,
    responsible: state.responsible,
    proposals: Object.fromEntries(
      Object.entries(state.proposals)
        .filter(([kind]) => !withheld.has(kind))
        .map(([kind, held]) => [kind, showProposal(held)]),
    ),
    alternatives: Object.fromEntries(
      Object.entries(state.candidates ?? {})
        .filter(([kind]) => !withheld.has(kind))
        .map(([kind, candidates]) => [kind, showAlternatives(candidates, readable.actor.person)]),
    ),
    fromAi: fieldsFromAi(process, state),
    withheld: [...withheld],
    timers: Object.entries(state.timers).map(([timer, { dueAt }]) => ({ timer, dueAt })),
    events: state.status === 'done' ? [] : eventsOf(readable),
    gates: Object.keys(state.gates).map((gate) => {
      const { meaning, allowed, why } = gateViewOf(readable, gate);
      return { state: gate, meaning, allowed, why };
    }),
    startedAt: stored.startedAt,
    updatedAt: stored.updatedAt,
  };
}

/** Each event some active state takes, tried without data: what is refused for want of data is allowed. */
function eventsOf(readable: Readable): InstanceView['events'] {
  return readable.process.events.flatMap((event) => {
    const tried = tryEvent(readable, readable.actor, event);
    const title = titleOfEvent(readable.process, event);
    if (!isRefusal(tried)) return [{ event, title, allowed: true, why: 'You may send this now.' }];
    if (tried.code === 'not-possible-here') return [];
    const allowed = isAllowed(tried);
    return [
      { event, title, allowed, why: allowed ? 'You may send this now, with its data.' : tried.message },
    ];
  });
}

export function titleOfEvent(process: CompiledProcess, event: string): Title | null {
  for (const { cause, title } of process.transitions.values()) {
    if (cause.kind === 'event' && cause.event === event && title !== undefined) return title;
  }
  return null;
}

/** The title of a state by its id, a path of names joined by dots. */
export function stateTitle(process: CompiledProcess, id: string): Title | null {
  let states: Readonly<Record<string, State>> = process.definition.states;
  let found: State | undefined;
  for (const name of id.split('.')) {
    found = Object.hasOwn(states, name) ? states[name] : undefined;
    states = found?.states ?? {};
  }
  return found?.title ?? null;
}

export function pageSize(wanted: number | undefined): number {
  return Math.min(Math.max(1, wanted ?? 50), largestPage);
}

export function isInstanceId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}

export const refuseCursor = () =>
  refuse(
    'bad-request',
    'This cursor does not come from a page of this list.',
    'Leave it out to begin at the first page, and hand back `next` as it was given.',
  );
