/**
 * The latest committed state of instances this node moved lately. It saves reading what is known;
 * it decides nothing, because every commit compares versions and a refusal is given from a fresh read.
 */
import type { StoredState } from '../step/stored-state.ts';

export interface CachedInstance {
  readonly process: string;
  readonly definition: string;
  readonly seq: number;
  readonly head: string;
  readonly state: StoredState;
  /** Length of the state's text: what bounds the cache. */
  readonly size: number;
}

export class InstanceCache {
  readonly #instances = new Map<string, CachedInstance>();
  readonly #maximumSize: number;
  #size = 0;

  constructor(maximumSize = 64 * 1024 * 1024) {
    this.#maximumSize = maximumSize;
  }

  get(instance: string): CachedInstance | undefined {
    const found = this.#instances.get(instance);
    if (found === undefined) return undefined;
    this.#instances.delete(instance);
    this.#instances.set(instance, found);
    return found;
  }

  /** Keeps the newer of two when reads and commits cross. */
  keep(instance: string, cached: CachedInstance): void {
    const present = this.#instances.get(instance);
    if (present !== undefined && present.seq > cached.seq) return;
    this.forget(instance);
    this.#instances.set(instance, cached);
    this.#size += cached.size;
    for (const oldest of this.#instances.keys()) {
      if (this.#size <= this.#maximumSize) break;
      this.forget(oldest);
    }
  }

  forget(instance: string): void {
    const present = this.#instances.get(instance);
    if (present === undefined) return;
    this.#instances.delete(instance);
    this.#size -= present.size;
  }
}
