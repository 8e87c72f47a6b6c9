import { readFile } from 'node:fs/promises';
import type { Ledger } from '../ledger/ledger.ts';
import { fromDirectory } from '../oversight/directory.ts';
import { directoryText } from '../oversight/directory-text.ts';
import { readDirectory } from '../oversight/read-directory.ts';
import { DirectoryProblem } from './start-problem.ts';

/** Makes the stored directory what the file says. Nothing is written when it says the same already. */
export async function applyDirectoryFile(ledger: Ledger, file: string): Promise<void> {
  const read = readDirectory(await readSource(file), file);
  if (read.kind === 'refused') {
    const [first] = read.findings;
    const place = first === undefined ? file : `${file}:${first.line}:${first.column}`;
    throw new DirectoryProblem(`The directory cannot be used: ${place} ${first?.message ?? ''}`.trim());
  }
  const stored = await ledger.loadDirectory();
  if (directoryText(read) !== directoryText(fromDirectory(stored))) {
    await ledger.replaceDirectory(read.principals, read.units, 'countersign', read, null, { via: 'file' });
  }
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DirectoryProblem(`The directory file ${file} cannot be read: ${reason}`);
  }
}
