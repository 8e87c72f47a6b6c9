/** Reads the record of one instance and plays it again, for whoever wants to see each step of it. */

import type { Entry } from '../../schemas/entry.ts';
import type { JsonObject } from '../../schemas/json.ts';
import type { Ledger, StoredEntry } from '../ledger/ledger.ts';
import type { Destinations } from '../step/destination.ts';
import { replayInstance } from '../step/replay-instance.ts';
import type { StoredState } from '../step/stored-state.ts';
import { type Problem, verifyInstance } from '../step/verify-instance.ts';
import { DefinitionsOnTrial } from './definitions-on-trial.ts';
import { type AiLabel, type FieldFromAi, fieldsFromAi, labelOfEntry } from './label-ai.ts';

export interface ReplayedRecord {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly steps: readonly ReplayedStep[];
  /** What verification finds wrong; empty when replay leads exactly to what is stored. */
  readonly problems: readonly Problem[];
}

export interface ReplayedStep {
  readonly seq: number;
  readonly hash: string;
  /** Null where the stored text is no entry any more. */
  readonly entry: Entry | null;
  /** The stimulus; null when it was destroyed. */
  readonly data: JsonObject | null;
  /** Ids of the transitions taken, in order; null from the first entry on that cannot be replayed. */
  readonly taken: readonly string[] | null;
  /** Context fields that changed. */
  readonly changed: JsonObject | null;
  readonly state: StoredState | null;
  /** Of an entry with a proposal: that an AI made it, and which. */
  readonly ai: AiLabel | null;
  /** What of the context an AI made, by the definition of the start. */
  readonly fromAi: readonly FieldFromAi[];
}

type ReadableLedger = Pick<Ledger, 'loadInstances' | 'readEntries' | 'loadDefinition'>;

const entriesAtOnce = 1000;

/** Null when there is no such instance. */
export async function replayRecord(ledger: ReadableLedger, instance: string): Promise<ReplayedRecord | null> {
  const stored = (await ledger.loadInstances([instance])).get(instance);
  if (stored === undefined) return null;
  const entries = await readAll(ledger, instance);
  const definitions = new DefinitionsOnTrial(ledger);
  const named = entries.map(({ text }) => parse<Entry>(text)?.definition ?? stored.definition);
  for (const hash of new Set(named)) await definitions.get(hash);
  const destinations: Destinations = (hash) => definitions.destination(hash) ?? null;
  const { definition, seq, head, state } = stored;
  // A migration may have left the definition of the start.
  const startedOn = named[0] ?? definition;
  const process = await definitions.get(startedOn);
  const trial = { instance, definition, startedOn, seq, head, state, entries, process, destinations };
  const problems = verifyInstance(trial);
  const replayed = process === null ? [] : replaySteps(process, entries, destinations);
  const steps = entries.map((entry, index) => toStep(entry, replayed[index] ?? null));
  return { instance, process: stored.process, definition: stored.definition, steps, problems };
}

type Replay = Pick<ReplayedStep, 'taken' | 'changed' | 'state' | 'fromAi'>;

/** As far as it can be replayed: an altered record may say anything. */
function replaySteps(
  process: Parameters<typeof replayInstance>[0],
  entries: readonly StoredEntry[],
  destinations: Destinations,
): Replay[] {
  const steps: Replay[] = [];
  try {
    for (const { result } of replayInstance(process, entries, destinations)) {
      if (result.kind === 'refusal') break;
      const { taken, changed, state } = result;
      steps.push({ taken: taken.flat(), changed, state, fromAi: fieldsFromAi(process, state) });
    }
  } catch {
    // What cannot even be read is told by verification.
  }
  return steps;
}

function toStep({ seq, hash, text, data }: StoredEntry, replay: Replay | null): ReplayedStep {
  const entry = parse<Entry>(text);
  const content = data === null ? null : parse<JsonObject>(data);
  return {
    seq,
    hash,
    entry,
    ai: entry?.actor === undefined ? null : labelOfEntry(entry, content),
    fromAi: replay?.fromAi ?? [],
    data: content,
    taken: replay?.taken ?? null,
    changed: replay?.changed ?? null,
    state: replay?.state ?? null,
  };
}

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text) as T;
  } catch {
    return null;
  }
}

async function readAll(ledger: ReadableLedger, instance: string): Promise<readonly StoredEntry[]> {
  const all: StoredEntry[] = [];
  for (;;) {
    const page = await ledger.readEntries(instance, all.at(-1)?.seq ?? 0, entriesAtOnce);
    all.push(...page);
    if (page.length < entriesAtOnce) return all;
  }
}
