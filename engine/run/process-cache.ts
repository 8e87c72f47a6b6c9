/** Compiled definitions by hash. Compiling is costly and a definition never changes, so each is compiled once. */
import { checkCertificate } from '../certificate-check/check-certificate.ts';
import { readCertificate } from '../certificate-check/read-certificate.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { loadDefinition } from '../definition/load-definition.ts';
import type { Ledger, StoredDefinition } from '../ledger/ledger.ts';
import type { Destination } from '../step/destination.ts';

export class ProcessCache {
  readonly #ledger: Ledger;
  readonly #compiled = new Map<string, CompiledProcess>();
  readonly #destinations = new Map<string, Destination>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** What is compiled already, without asking the ledger. */
  peek(hash: string): CompiledProcess | undefined {
    return this.#compiled.get(hash);
  }

  async get(hash: string): Promise<CompiledProcess | null> {
    const known = this.#compiled.get(hash);
    if (known !== undefined) return known;
    const stored = await this.#ledger.loadDefinition(hash);
    return stored === null ? null : this.#compile(stored);
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

  /** Every definition ever deployed: superseded ones still have instances. */
  async all(): Promise<readonly CompiledProcess[]> {
    const stored = await this.#ledger.listDefinitions();
    return stored.flatMap((definition) => {
      try {
        return [this.#compiled.get(definition.hash) ?? this.#compile(definition)];
      } catch {
        // One that does not compile any more is named by verify; it must not hide all the others.
        return [];
      }
    });
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
