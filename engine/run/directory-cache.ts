/**
 * The directory, the keys and the controls that stand, as this node knows them. Every commit compares the version, so a role or
 * key taken away a moment ago no longer moves anything; reads ask for the version first.
 */
import type { Ledger, StoredKey } from '../ledger/ledger.ts';
import type { Control } from '../oversight/controls.ts';
import { type ActorSnapshot, type Directory, type Principal, toDirectory } from '../oversight/directory.ts';
import { linkAccounts } from '../oversight/link-accounts.ts';
import { isTimeless, snapshotOf } from '../oversight/snapshot.ts';
import type { Clock } from './clock.ts';

type Key = StoredKey & { readonly hash: string };

export interface Known {
  readonly directory: Directory;
  readonly keysByHash: ReadonlyMap<string, Key>;
  readonly keysById: ReadonlyMap<string, Key>;
  readonly controls: readonly Control[];
  /** Whom an account at an identity provider stands for; `accountName` says how it is spelled here. */
  readonly principalsByAccount: ReadonlyMap<string, Principal>;
}

export class DirectoryCache {
  readonly #ledger: Ledger;
  readonly #clock: Clock;
  readonly #snapshots = new WeakMap<Principal, ActorSnapshot>();
  #known: Known | null = null;
  #loading: Promise<Known> | null = null;
  #checking: Promise<void> | null = null;
  #nextCheck: Promise<void> | null = null;

  constructor(ledger: Ledger, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
  }

  /** What is known now; loads it the first time. */
  async current(): Promise<Known> {
    return this.#known ?? this.reload();
  }

  /** Loads it again; calls made meanwhile share one load. */
  reload(): Promise<Known> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** Makes sure that what is known is no older than this call: reads use it. Waiting calls share one question. */
  async refresh(): Promise<Known> {
    if (this.#checking === null) {
      this.#checking = this.#check().finally(() => {
        this.#checking = null;
      });
      await this.#checking;
    } else {
      // The question under way may have been answered before this call: all who came meanwhile share the next one.
      this.#nextCheck ??= this.#checking
        .catch(() => undefined)
        .then(() => {
          this.#nextCheck = null;
          return this.refresh().then(() => undefined);
        });
      await this.#nextCheck;
    }
    return this.current();
  }

  /** Whether a key may still be used at this instant. */
  honours(key: StoredKey): boolean {
    return (
      key.revokedAt === null && (key.expiresAt === null || Date.parse(key.expiresAt) > this.#clock.now())
    );
  }

  /** What somebody holds at an instant (ISO 8601), or now. What holds at every time is put together once. */
  snapshotOf(principal: Principal, time: string | null = null): ActorSnapshot {
    const known = this.#snapshots.get(principal);
    if (known !== undefined) return known;
    const surroundings = this.#known?.directory ?? toDirectory({ principals: [], units: [] }, 0);
    const at = time ?? new Date(this.#clock.now()).toISOString();
    const snapshot = snapshotOf(principal, surroundings, at);
    // A principal of a directory that was loaded again is another object, so what is kept is never out of date.
    if (surroundings.principals.get(principal.id) === principal && isTimeless(principal, surroundings))
      this.#snapshots.set(principal, snapshot);
    return snapshot;
  }

  async #check(): Promise<void> {
    const known = await this.current();
    const version = await this.#ledger.directoryVersion();
    if (version === known.directory.version) return;
    // A load that was under way already may be of before that version.
    if ((await this.reload()).directory.version < version) await this.reload();
  }

  async #load(): Promise<Known> {
    // The directory first, and its version with it: keys and controls that are newer than that are loaded once more,
    // but older ones would be taken for those of that version until the next change.
    const directory = await this.#ledger.loadDirectory();
    const keys = await this.#ledger.findKeys();
    const controls = await this.#ledger.loadControls();
    this.#known = {
      directory,
      keysByHash: new Map(keys.map((key) => [key.hash, key])),
      keysById: new Map(keys.map((key) => [key.id, key])),
      controls,
      principalsByAccount: linkAccounts(directory),
    };
    return this.#known;
  }
}
