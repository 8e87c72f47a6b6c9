/**
 * Verifies the whole record in a database: every chain, every hash, every commitment, every state by replay,
 * and that every stored definition is proven by its certificate.
 */
import { checkCertificate } from '../certificate-check/check-certificate.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { loadDefinition } from '../definition/load-definition.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { Ledger, StoredEntry, StoredInstance } from '../ledger/ledger.ts';
import { type Problem, verifyInstance } from '../step/verify-instance.ts';

export interface RecordReport {
  readonly ok: boolean;
  readonly instances: number;
  readonly entries: number;
  readonly problems: readonly Problem[];
}

type ReadableLedger = Pick<
  Ledger,
  | 'loadInstances'
  | 'listInstances'
  | 'loadInstances'
  | 'listOrphans'
  | 'readEntries'
  | 'loadDefinition'
  | 'listDefinitions'
>;

const instancesAtOnce = 64;
const entriesAtOnce = 1000;

/** `progress` is told how far it is, after each page. */
export async function verifyRecord(
  ledger: ReadableLedger,
  progress: (done: { readonly instances: number; readonly entries: number }) => void = () => undefined,
): Promise<RecordReport> {
  const definitions = new DefinitionsOnTrial(ledger);
  const problems: Problem[] = [];
  let instances = 0;
  let entries = 0;
  for (let after: string | null = null; ; ) {
    const page = await ledger.listInstances(after, instancesAtOnce);
    if (page.length === 0) break;
    const records = await Promise.all(page.map((stored) => readAtRest(ledger, stored)));
    for (const { stored, record } of records) {
      problems.push(...verifyStored(stored, record, await definitions.get(stored.definition)));
      entries += record.length;
    }
    instances += page.length;
    after = page.at(-1)?.id ?? null;
    progress({ instances, entries });
  }
  for (const instance of await ledger.listOrphans(1000)) {
    problems.push({
      instance,
      seq: 0,
      code: 'instance-missing',
      message: 'There are entries of this instance, but the instance itself was removed.',
    });
  }
  problems.push(...(await certificateProblems(ledger, definitions)));
  return { ok: problems.length === 0, instances, entries, problems };
}

/** An instance beside its record. One that moved while it was read, on a running server, is read again. */
async function readAtRest(
  ledger: ReadableLedger,
  listed: StoredInstance,
): Promise<{ readonly stored: StoredInstance; readonly record: readonly StoredEntry[] }> {
  let stored = listed;
  for (;;) {
    const record = await readAll(ledger, stored.id);
    if (record.at(-1)?.seq === stored.seq) return { stored, record };
    const now = (await ledger.loadInstances([stored.id])).get(stored.id);
    if (now === undefined || now.seq === stored.seq) return { stored, record };
    stored = now;
  }
}

/** Each stored definition is judged with its certificate by the checker alone, whether an instance is on it or not. */
async function certificateProblems(
  ledger: ReadableLedger,
  definitions: DefinitionsOnTrial,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { hash, process: name, version, certificate } of await ledger.listDefinitions()) {
    const process = await definitions.get(hash);
    const doubt = process === null ? 'it is not stored unaltered' : checkCertificate(process, certificate);
    if (doubt === null) continue;
    const message = `The definition ${name} ${version} is not proven by its certificate, because ${doubt}.`;
    problems.push({ instance: hash, seq: 0, code: 'definition-not-certified', message });
  }
  return problems;
}

function verifyStored(
  stored: StoredInstance,
  entries: readonly StoredEntry[],
  process: CompiledProcess | null,
): readonly Problem[] {
  return verifyInstance({
    instance: stored.id,
    definition: stored.definition,
    seq: stored.seq,
    head: stored.head,
    state: stored.state,
    entries,
    process,
  });
}

async function readAll(ledger: ReadableLedger, instance: string): Promise<readonly StoredEntry[]> {
  const all: StoredEntry[] = [];
  for (;;) {
    const page = await ledger.readEntries(instance, all.at(-1)?.seq ?? 0, entriesAtOnce);
    all.push(...page);
    if (page.length < entriesAtOnce) return all;
  }
}

/** Pinned definitions, each checked against its hash before it is trusted to replay anything. */
class DefinitionsOnTrial {
  readonly #ledger: ReadableLedger;
  readonly #known = new Map<string, CompiledProcess | null>();

  constructor(ledger: ReadableLedger) {
    this.#ledger = ledger;
  }

  async get(hash: string): Promise<CompiledProcess | null> {
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    const stored = await this.#ledger.loadDefinition(hash);
    const isItself = stored !== null && sha256Hex(stored.source) === hash;
    const process = isItself ? loadDefinition(stored.source) : null;
    this.#known.set(hash, process);
    return process;
  }
}
