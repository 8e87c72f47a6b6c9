import { readFile } from 'node:fs/promises';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Principal, Unit } from '../oversight/directory.ts';
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
  const isSame =
    textOf(read.principals, read.units) ===
    textOf([...stored.principals.values()], [...stored.units.values()]);
  if (!isSame) await ledger.replaceDirectory(read.principals, read.units, 'countersign');
}

async function readSource(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DirectoryProblem(`The directory file ${file} cannot be read: ${reason}`);
  }
}

/** The same text for the same people and units, in whatever order. */
function textOf(principals: readonly Principal[], units: readonly Unit[]): string {
  return canonicalJson({
    principals: principals
      .map((principal) => ({
        ...principal,
        roles: [...principal.roles].sort(),
        positions: [...principal.positions].sort(),
      }))
      .sort((one, other) => (one.id < other.id ? -1 : 1)),
    units: [...units].sort((one, other) => (one.id < other.id ? -1 : 1)),
  });
}
