/**
 * Says when something may have changed in files and folders. It never says what: whoever listens looks for
 * themselves, so an event too many does no harm. What is not there is waited for.
 */
import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Misuse } from './misuse.ts';

/** Editors write a file in several steps; what comes within this time is one change. */
const settleMs = 50;

export class PathWatcher {
  readonly #paths: readonly string[];
  readonly #changed: () => void;
  #watchers: FSWatcher[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(paths: readonly string[], changed: () => void) {
    this.#paths = paths;
    this.#changed = changed;
  }

  /** Begins anew with what is there now. Look at the files after this: nothing is missed in between. */
  watch(): void {
    this.#closeAll();
    for (const [folder, recursive] of foldersAround(this.#paths)) {
      try {
        const watcher = watch(folder, { recursive }, () => this.#settle());
        // A folder that goes away ends its watcher; the next look finds out.
        watcher.on('error', () => this.#settle());
        this.#watchers.push(watcher);
      } catch (error) {
        if (!existsSync(folder)) continue;
        throw new Misuse(`${folder} cannot be watched: ${error instanceof Error ? error.message : error}.`);
      }
    }
  }

  close(): void {
    this.#closeAll();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #closeAll(): void {
    for (const watcher of this.#watchers) watcher.close();
    this.#watchers = [];
  }

  #settle(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#changed();
    }, settleMs);
  }
}

/** Folders to watch, and whether with all that is in them. A file that is replaced is seen by its folder. */
function foldersAround(paths: readonly string[]): ReadonlyMap<string, boolean> {
  const folders = new Map<string, boolean>();
  for (const path of paths.map((one) => resolve(one))) {
    if (isFolder(path)) folders.set(path, true);
    // The folder itself may be removed or renamed, and come back.
    let around = dirname(path);
    while (!existsSync(around) && around !== dirname(around)) around = dirname(around);
    if (!folders.has(around)) folders.set(around, false);
  }
  return folders;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
