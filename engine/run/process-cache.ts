/**
 * Compiled definitions by hash. Compiling is costly and a definition never changes, so each is compiled once and
 * kept as long as it is used now and then. What people ask across instances (what is in my inbox?) needs only a
 * small part of each definition: that part is kept far longer.
 */
import { checkCertificate } from '../certificate-check/check-certificate.ts';
import { readCertificate } from '../certificate-check/read-certificate.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { loadDefinition } from '../definition/load-definition.ts';
import { type Ledger, LedgerUnavailable, type StoredDefinition } from '../ledger/ledger.ts';
import { type ProcessParts, partsOf } from '../oversight/process-parts.ts';
import type { Destination } from '../step/destination.ts';
import { RecentMap } from './recent-map.ts';

/** A compiled definition of two hundred lines takes somewhat less than a megabyte. */
const keptCompiled = 200;
const keptParts = 10_000;

export class ProcessCache {
  readonly #ledger: Ledger;
  readonly #compiled = new RecentMap<string, CompiledProcess>(keptCompiled);
  readonly #destinations = new RecentMap<string, Destination>(keptCompiled);
  readonly #parts = new RecentMap<string, ProcessParts>(keptParts);
  readonly #loading = new Map<string, Promise<CompiledProcess | null>>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What is compiled already, without asking the ledger. */
  peek(hash: string): CompiledProcess | undefined {
    return this.#compiled.get(hash);
  }

  async get(hash: string): Promise<CompiledProcess | null> {
    const known = this.#compiled.get(hash) ?? this.#loading.get(hash);
    if (known !== undefined) return known;
    const loading = this.#load(hash).finally(() => this.#loading.delete(hash));
    this.#loading.set(hash, loading);
    return loading;
  }

  /** The definition that a new instance of this process gets, or the one with this hash. */
  async current(processOrHash: string): Promise<CompiledProcess | null> {
    if (/^[0-9a-f]{64}$/.test(processOrHash)) return this.get(processOrHash);
    const stored = await this.#ledger.currentDefinition(processOrHash);
    return stored === null ? null : (this.#compiled.get(stored.hash) ?? this.#compile(stored));
  }

  /**
   * The definition as a migration may lead to it. Null when it is not deployed; a text says why its certificate
   * does not hold by the rules of this program, to be read after "because".
   */
  async destination(hash: string): Promise<Destination | string | null> {
    const known = this.#destinations.get(hash);
    if (known !== undefined) return known;
    const stored = await this.#ledger.loadDefinition(hash);
    if (stored === null) return null;
    const process = this.#compiled.get(hash) ?? this.#compile(stored);
    const doubt = checkCertificate(process, stored.certificate);
    const certificate = readCertificate(stored.certificate);
    if (doubt !== null || certificate === null) return doubt ?? 'it cannot be read';
    const destination = { process, certificate };
    this.#destinations.set(hash, destination);
    return destination;
  }

  /** What was found to be a destination already, without asking the ledger. */
  peekDestination(hash: string): Destination | undefined {
    return this.#destinations.get(hash);
  }

  /** What matters across instances, of each of these definitions. */
  async parts(hashes: readonly string[]): Promise<readonly ProcessParts[]> {
    const found: ProcessParts[] = [];
    for (const hash of hashes) {
      const parts = this.#parts.get(hash) ?? (await this.#loadParts(hash));
      if (parts !== null) found.push(parts);
    }
    return found;
  }

  async #loadParts(hash: string): Promise<ProcessParts | null> {
    try {
      const process = await this.get(hash);
      if (process === null) return null;
      const parts = partsOf(process);
      this.#parts.set(hash, parts);
      return parts;
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error;
      // One that does not compile any more is named by verify; it must not hide all the others.
      return null;
    }
  }

  async #load(hash: string): Promise<CompiledProcess | null> {
    const stored = await this.#ledger.loadDefinition(hash);
    return stored === null ? null : this.#compile(stored);
  }

  #compile(stored: StoredDefinition): CompiledProcess {
    const process = loadDefinition(stored.source);
    if (process === null || process.hash !== stored.hash) {
      throw new Error(
        `The stored definition ${stored.hash} (${stored.process}) no longer compiles to itself. Run countersign verify.`,
      );
    }
    this.#compiled.set(process.hash, process);
    return process;
  }
}
