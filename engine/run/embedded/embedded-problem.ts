/**
 * Why the embedded database cannot serve: one sentence that a person can act on. The message is
 * meant to be printed as it stands; where a program must tell the cases apart, it has the code.
 */
import { type Errno, isErrno } from './errno.ts';

export type EmbeddedProblemCode =
  /** Another engine holds the data folder. */
  | 'second-engine'
  | 'full'
  | 'read-only'
  | 'not-permitted'
  /** No PostgreSQL program for this machine. */
  | 'not-available'
  /** Written by another version, or not a data folder at all. */
  | 'wrong-folder'
  | 'not-started';

export class EmbeddedProblem extends Error {
  override readonly name = 'EmbeddedProblem';
  readonly code: EmbeddedProblemCode;
  /** Where the other engine serves, as far as it said. */
  readonly url: string | null;

  constructor(code: EmbeddedProblemCode, sentence: string, url: string | null = null) {
    super(sentence);
    this.code = code;
    this.url = url;
  }
}

/** Runs what touches the folder; turns what the operating system refuses into a problem. */
export async function explained<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EmbeddedProblem) throw error;
    throw toProblem(folder, error) ?? error;
  }
}

export function toProblem(folder: string, error: unknown): EmbeddedProblem | null {
  if (!isErrno(error)) return null;
  if (error.syscall?.startsWith('spawn')) return programDoesNotRun(error);
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return folderIsFull(folder);
  if (error.code === 'EROFS') return folderIsReadOnly(folder);
  if (error.code === 'EACCES' || error.code === 'EPERM')
    return folderIsForbidden(folder, error.path ?? folder);
  if (error.code === 'ENOTDIR' || error.code === 'EEXIST') {
    return new EmbeddedProblem(
      'wrong-folder',
      `${error.path ?? folder} is not a folder: set COUNTERSIGN_DATA to a folder that the database can live in.`,
    );
  }
  return null;
}

function programDoesNotRun(error: Errno): EmbeddedProblem {
  return new EmbeddedProblem(
    'not-available',
    `The PostgreSQL program ${error.path} cannot be run here (${error.code}): set DATABASE_URL to a PostgreSQL 15 or newer.`,
  );
}

export function folderIsFull(folder: string): EmbeddedProblem {
  return new EmbeddedProblem(
    'full',
    `The disk that holds the data folder ${folder} is full: free some space there (a new database needs 100 MB), then start again.`,
  );
}

export function folderIsReadOnly(folder: string): EmbeddedProblem {
  return new EmbeddedProblem(
    'read-only',
    `The data folder ${folder} cannot be written, for its disk is mounted read-only: mount it for writing, or set COUNTERSIGN_DATA to another folder.`,
  );
}

export function folderIsForbidden(folder: string, path: string): EmbeddedProblem {
  return new EmbeddedProblem(
    'not-permitted',
    `The data folder ${folder} cannot be used, for this user may not write ${path}: start as the user who owns it, or set COUNTERSIGN_DATA to another folder.`,
  );
}

/** What a program wrote last, as the end of a sentence. */
export function lastLines(text: string): string {
  const lines = text.trim().split('\n').slice(-3);
  const bare = lines.map((line) => line.replace(/^\S+ \S+ UTC \[\d+\] /, '').trim());
  return `${bare.join(' ').replace(/\.$/, '') || 'nothing'}.`;
}
