import { readFile } from 'node:fs/promises';
import type { Ledger } from '../ledger/ledger.ts';
import { fromDirectory } from '../oversight/directory.ts';
import { directoryDifference } from '../oversight/directory-difference.ts';
import { directoryText } from '../oversight/directory-text.ts';
import { readDirectory } from '../oversight/read-directory.ts';
import { DirectoryProblem } from './start-problem.ts';

/** As many as somebody reads who starts a server. */
const mostSentences = 20;

/**
 * Makes the stored directory what the file says. Nothing is written when it says the same already; else `report` is
 * told what changes, since that may undo what was changed by hand or by a provider since the file was last read.
 */
export async function applyDirectoryFile(
  ledger: Ledger,
  file: string,
  report: (sentence: string) => void,
): Promise<void> {
  const read = readDirectory(await readSource(file), file);
  if (read.kind === 'refused') {
    const [first] = read.findings;
    const place = first === undefined ? file : `${file}:${first.line}:${first.column}`;
    throw new DirectoryProblem(`The directory cannot be used: ${place} ${first?.message ?? ''}`.trim());
  }
  const stored = await ledger.loadDirectory();
  const before = fromDirectory(stored);
  if (directoryText(read) === directoryText(before)) return;
  await ledger.replaceDirectory(read.principals, read.units, 'countersign', read, null, { via: 'file' });
  // The first file changes nothing that anybody made.
  if (before.principals.length === 0) return;
  const changes = directoryDifference(before, read);
  report(`The directory file ${file} was put in force, and changes what was there:`);
  // It goes to a terminal, and names may hold what a terminal obeys.
  for (const change of changes.slice(0, mostSentences)) report(`  ${change.replaceAll(/\p{Cc}/gu, ' ')}`);
  if (changes.length > mostSentences) report(`  and ${changes.length - mostSentences} more.`);
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DirectoryProblem(`The directory file ${file} cannot be read: ${reason}`);
  }
}
