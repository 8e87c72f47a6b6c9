/**
 * Reading and changing the directory as a whole. A change says which version it changes, is put in force whole or
 * not at all, and is not made before whoever makes it was told what it would leave undecidable.
 */
import type { Finding } from '../../schemas/finding.ts';
import type { StoredDefinition } from '../ledger/ledger.ts';
import { type Directory, type DirectoryContent, fromDirectory, toDirectory } from '../oversight/directory.ts';
import { directoryDifference } from '../oversight/directory-difference.ts';
import { toDirectoryFile } from '../oversight/directory-file.ts';
import { readDirectory } from '../oversight/read-directory.ts';
import type { Refusal } from '../step/step.ts';
import { checkDirectory } from '../verify/check-directory.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Caller, DirectoryRefused, Engine } from './engine-contract.ts';
import { refuse } from './refuse.ts';

export function directoryDoors(world: BatchWorld): Pick<Engine, 'readDirectory' | 'putDirectory'> {
  const administrator = async (caller: Caller): Promise<Refusal | null> => {
    const reader = await checkReader(world.directory, caller, 'directory');
    return isRefusal(reader)
      ? reader
      : checkRole(reader, engineRoles.directory, 'read or change the directory');
  };
  return {
    async readDirectory(caller) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const { directory } = await world.directory.refresh();
      const { version } = directory;
      return { kind: 'done', value: { version, directory: toDirectoryFile(fromDirectory(directory)) } };
    },

    async putDirectory(caller, { source, version, dryRun, acceptWarnings }) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const read = readDirectory(source, 'directory.yaml');
      if (read.kind === 'refused') return refuseFindings('The directory has errors.', read.findings);
      const { directory } = await world.directory.refresh();
      if (directory.version !== version) return refuseStale(version, directory.version);
      const changes = directoryDifference(fromDirectory(directory), read);
      const warnings = await findWarnings(world, directory, read);
      const told = { changes, warnings };
      if (dryRun || changes.length === 0)
        return { kind: 'done', value: { version, applied: false, ...told } };
      if (warnings.length > 0 && !acceptWarnings) {
        return refuseFindings(
          'With this directory, people would be missing where processes need them.',
          warnings,
        );
      }
      const { principals, units } = read;
      const raised = await world.ledger.replaceDirectory(
        principals,
        units,
        caller.principal.id,
        read,
        version,
      );
      const known = await world.directory.reload();
      if (raised === null) return refuseStale(version, known.directory.version);
      return { kind: 'done', value: { version: raised, applied: true, ...told } };
    },
  };
}

/** What no definition lacked before: of those that new instances get, and those that instances are on. */
async function findWarnings(
  world: BatchWorld,
  before: Directory,
  content: DirectoryContent,
): Promise<readonly Finding[]> {
  const used = new Set(await world.ledger.listUsedDefinitions(null));
  const definitions = (await world.ledger.listDefinitions()).filter(
    (one) => one.current || used.has(one.hash),
  );
  const after = toDirectory(content, before.version + 1);
  const time = new Date(world.clock.now()).toISOString();
  return definitions.flatMap((one) => {
    const known = new Set(lackingIn(one, before, time).map(textOf));
    return lackingIn(one, after, time)
      .filter((finding) => !known.has(textOf(finding)))
      .map((finding) => ({ ...finding, severity: 'warning' as const }));
  });
}

function lackingIn(
  { process, version, source }: StoredDefinition,
  directory: Directory,
  time: string,
): readonly Finding[] {
  return checkDirectory(source, `${process} ${version}`, directory, time);
}

const textOf = ({ code, line, column, message }: Finding) => `${code} ${line}:${column} ${message}`;

function refuseFindings(message: string, findings: readonly Finding[]): DirectoryRefused {
  const { kind, considered } = refuse('directory-refused', message, '');
  const next =
    'Look at the findings and correct the directory; warnings may be accepted with `acceptWarnings=true`.';
  return { kind, considered, code: 'directory-refused', message, next, findings };
}

const refuseStale = (seen: number, now: number) =>
  refuse(
    'stale',
    `The directory has changed: you changed version ${seen}, and it is at version ${now}.`,
    'Read the directory again, and send your change with the ETag you then have.',
  );
