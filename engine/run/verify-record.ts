/**
 * Verifies everything that a database holds: each chain, hash and commitment, each state by replay, and all that
 * follows from the record and is stored beside it: rows, lists, answers, definitions with their certificates, the
 * directory and the keys by the chain of acts, and the schema by the migrations. It only reads, a piece at a time,
 * and each piece as of one instant, so that a running server may go on.
 */
import { sha256Hex } from '../evidence/sha256.ts';
import { type Ledger, LedgerUnavailable, type StoredEntry } from '../ledger/ledger.ts';
import { codeOf } from '../ledger/reach-database.ts';
import type { Extent, ExtentWanted, InstanceOnRecord } from '../ledger/record-reader.ts';
import { parseEntry } from '../step/entry-problems.ts';
import { InstanceTrial } from '../step/instance-trial.ts';
import { compareRows, rowsBeside } from '../step/rows-beside.ts';
import type { Problem } from '../step/verify-instance.ts';
import { findAdministrationProblems } from './administration-problems.ts';
import { findAnswerProblems } from './answer-problems.ts';
import { DefinitionsOnTrial, findDefinitionProblems } from './definitions-on-trial.ts';
import { FactorsOnRecord } from './factors-on-record.ts';
import { KeysOnRecord } from './keys-on-record.ts';

export interface RecordReport {
  readonly ok: boolean;
  readonly instances: number;
  readonly entries: number;
  /** Acts of administration: keys, directory, definitions. */
  readonly acts: number;
  readonly problems: readonly Problem[];
}

export type Progress = (done: { readonly instances: number; readonly entries: number }) => void;

type ReadableLedger = Pick<
  Ledger,
  | 'withExtent'
  | 'withAdministration'
  | 'readAnswers'
  | 'readDefinitions'
  | 'readDoorRules'
  | 'loadDefinition'
  | 'findSchemaDifferences'
  | 'listFactors'
>;

const instancesAtOnce = 500;

/**
 * `progress` is told how far it is, after each piece. `isOver` may end the reading of instances early, for
 * whoever only measures it.
 */
export async function verifyRecord(
  ledger: ReadableLedger,
  progress: Progress = () => undefined,
  isOver: () => boolean = () => false,
): Promise<RecordReport> {
  const definitions = new DefinitionsOnTrial(ledger);
  const found: Found = {
    instances: 0,
    entries: 0,
    problems: [],
    keys: new KeysOnRecord(),
    factors: new FactorsOnRecord(),
  };
  let acts = 0;
  const schema = await ledger.findSchemaDifferences();
  await attempt(found, 'factors', async () => {
    found.factors = new FactorsOnRecord(await ledger.listFactors(null));
  });
  await attempt(found, 'instances', () => verifyExtents(ledger, definitions, found, progress, isOver));
  await attempt(found, 'answers', async () => {
    found.problems.push(...(await findAnswerProblems(ledger)));
  });
  await attempt(found, 'definitions', async () => {
    found.problems.push(...(await findDefinitionProblems(ledger, definitions)));
  });
  await attempt(found, 'administration', async () => {
    const report = await ledger.withAdministration(findAdministrationProblems);
    acts = report.acts;
    found.problems.push(...found.keys.problems(report.issued));
    found.problems.push(...found.factors.problems(report.enrolled), ...report.problems);
  });
  for (const message of schema) {
    found.problems.push({ instance: 'schema', seq: 0, code: 'schema-differs', message });
  }
  const { instances, entries, problems } = found;
  return { ok: problems.length === 0, instances, entries, acts, problems };
}

/** A schema that was changed may not even be readable any more: that is a finding, and the rest is still looked at. */
async function attempt(found: Found, what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof LedgerUnavailable || !/^[0-9A-Z]{5}$/.test(codeOf(error))) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const message = `The ${what} cannot be read to the end: ${why}.`;
    found.problems.push({ instance: 'schema', seq: 0, code: 'not-readable', message });
  }
}

/** These instances alone, with all that belongs to them. */
export async function verifyInstances(
  ledger: Pick<Ledger, 'withExtent' | 'loadDefinition'>,
  ids: readonly string[],
): Promise<readonly Problem[]> {
  const found: Found = {
    instances: 0,
    entries: 0,
    problems: [],
    keys: new KeysOnRecord(),
    factors: new FactorsOnRecord(),
  };
  await verifyExtent(ledger, { ids }, new DefinitionsOnTrial(ledger), found);
  return found.problems;
}

interface Found {
  readonly keys: KeysOnRecord;
  factors: FactorsOnRecord;
  instances: number;
  entries: number;
  readonly problems: Problem[];
}

async function verifyExtents(
  ledger: ReadableLedger,
  definitions: DefinitionsOnTrial,
  found: Found,
  progress: Progress,
  isOver: () => boolean,
): Promise<void> {
  for (let after: string | null = null; ; ) {
    after = await verifyExtent(ledger, { after, limit: instancesAtOnce }, definitions, found);
    progress(found);
    if (after === null || isOver()) return;
  }
}

/** Answers where the next extent begins. */
function verifyExtent(
  ledger: Pick<Ledger, 'withExtent'>,
  wanted: ExtentWanted,
  definitions: DefinitionsOnTrial,
  found: Found,
): Promise<string | null> {
  return ledger.withExtent(wanted, async (extent) => {
    const reading = new ExtentTrial(extent, definitions, found);
    for await (const page of extent.entries()) {
      for (const entry of page) {
        // Only what has to be waited for is: most entries go on at once.
        const beginning = reading.prepare(entry);
        if (beginning !== null) await beginning;
        const wanted = reading.add(entry);
        if (wanted !== null) await reading.addAfter(wanted, entry);
      }
    }
    await reading.end();
    found.problems.push(...strayProblems(extent));
    return extent.next;
  });
}

/** The instances of an extent, one after the other, as their entries come. */
class ExtentTrial {
  readonly #definitions: DefinitionsOnTrial;
  readonly #found: Found;
  /** Instances of which no entry came yet. */
  readonly #left: Map<string, InstanceOnRecord>;
  #stored: InstanceOnRecord | null = null;
  #trial: InstanceTrial | null = null;
  #orphan = '';

  constructor(extent: Extent, definitions: DefinitionsOnTrial, found: Found) {
    this.#definitions = definitions;
    this.#found = found;
    this.#left = new Map(extent.instances.map((instance) => [instance.id, instance]));
    found.instances += extent.instances.length;
  }

  /** Begins with the entry's instance; null when there is nothing to wait for. */
  prepare(entry: StoredEntry): Promise<void> | null {
    if (entry.instance === this.#stored?.id || entry.instance === this.#orphan) return null;
    this.#finish();
    const stored = this.#left.get(entry.instance);
    if (stored !== undefined) return this.#begin(stored, startDefinition(entry) ?? stored.definition);
    this.#orphan = entry.instance;
    this.#found.problems.push(instanceMissing(entry.instance, 'entries'));
    return null;
  }

  /** Answers the hash of a definition that is needed first. */
  add(entry: StoredEntry): string | null {
    const wanted = this.#trial?.add(entry) ?? null;
    if (wanted === null) this.#found.entries += 1;
    return wanted;
  }

  async addAfter(definition: string, entry: StoredEntry): Promise<void> {
    await this.#definitions.get(definition);
    this.add(entry);
  }

  /** What is left has no entries at all, and that is a problem of its own. */
  async end(): Promise<void> {
    this.#finish();
    for (const stored of [...this.#left.values()]) {
      await this.#begin(stored, stored.definition);
      this.#finish();
    }
  }

  async #begin(stored: InstanceOnRecord, definition: string): Promise<void> {
    const process = await this.#definitions.get(definition);
    this.#left.delete(stored.id);
    this.#stored = stored;
    this.#trial = new InstanceTrial(
      stored.id,
      definition,
      process,
      (hash) => this.#definitions.destination(hash),
      (entry, shown) => {
        this.#found.keys.note(entry);
        if (shown !== null) this.#found.factors.note(entry, shown);
      },
    );
  }

  #finish(): void {
    const [stored, trial] = [this.#stored, this.#trial];
    this.#stored = null;
    this.#trial = null;
    if (stored === null || trial === null) return;
    this.#found.problems.push(...trial.problems(stored));
    const outcome = trial.outcome(stored.seq);
    // A record that cannot be replayed to its end says nothing of what lies beside it.
    if (outcome === null) return;
    for (const difference of compareRows(stored.rows, rowsBeside(outcome))) {
      this.#found.problems.push({ instance: stored.id, seq: stored.seq, ...difference });
    }
  }
}

/** The definition that an instance began on, by its first entry if that is whole: a migration may have left it. */
function startDefinition({ seq, text, hash }: StoredEntry): string | null {
  const definition = seq === 1 && sha256Hex(text) === hash ? parseEntry(text)?.definition : undefined;
  return definition ?? null;
}

function strayProblems({ strays, strayContents }: Extent): readonly Problem[] {
  const seen = new Set<string>();
  const once = strays.filter(({ instance, table }) => {
    const isNew = !seen.has(`${instance} ${table}`);
    seen.add(`${instance} ${table}`);
    return isNew;
  });
  return [
    ...once.map(({ instance, table }) => instanceMissing(instance, table)),
    ...strayContents.map(({ instance, seq }): Problem => {
      const message = 'There is a content without the entry that would be committed to it.';
      return { instance, seq, code: 'content-orphaned', message };
    }),
  ];
}

function instanceMissing(instance: string, table: string): Problem {
  const what = table === 'entries' ? 'entries' : `rows in ${table}`;
  const message = `There are ${what} of this instance, but the instance itself is not there.`;
  return { instance, seq: 0, code: 'instance-missing', message };
}
