/**
 * Reading and changing the directory, as a whole or one entry of it. A change says which version it changes, is put in
 * force whole or not at all, and is not made before whoever makes it was told what it would leave undecidable.
 */
import type { Finding } from '../../schemas/finding.ts';
import type { StoredDefinition } from '../ledger/ledger.ts';
import { type Directory, type DirectoryContent, fromDirectory, toDirectory } from '../oversight/directory.ts';
import { directoryDifference } from '../oversight/directory-difference.ts';
import { toDirectoryFile } from '../oversight/directory-file.ts';
import { editDirectory, entriesOf } from '../oversight/edit-directory.ts';
import {
  type DirectoryRead,
  type DirectoryRefused as DirectoryUnreadable,
  readDirectory,
  readDirectoryEntries,
} from '../oversight/read-directory.ts';
import type { Refusal } from '../step/step.ts';
import { checkDirectory } from '../verify/check-directory.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type {
  Answer,
  Caller,
  DirectoryChanged,
  DirectoryChangeInput,
  DirectoryRefused,
  Engine,
} from './engine-contract.ts';
import { refuse } from './refuse.ts';

export function directoryDoors(
  world: BatchWorld,
): Pick<Engine, 'readDirectory' | 'putDirectory' | 'readDirectoryEntries' | 'editDirectory'> {
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

    async putDirectory(caller, { source, ...how }) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const read = readDirectory(source, 'directory.yaml');
      return replaceChecked(world, caller, read, how);
    },

    async readDirectoryEntries(caller, kind) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const { directory } = await world.directory.refresh();
      const { version } = directory;
      const items = entriesOf(toDirectoryFile(fromDirectory(directory)), kind);
      return { kind: 'done', value: { version, items } };
    },

    async editDirectory(caller, { edit, ...how }) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const { directory } = await world.directory.refresh();
      if (directory.version !== how.version) return refuseStale(how.version, directory.version);
      const edited = editDirectory(toDirectoryFile(fromDirectory(directory)), edit);
      if (edited === null) {
        return refuse(
          'not-found',
          `There is no ${edit.id} among the ${edit.kind} of the directory.`,
          'Read the directory again.',
        );
      }
      return replaceChecked(world, caller, readDirectoryEntries(edited), how);
    },
  };
}

/** The one way to change the directory over HTTP: from a known version, checked, told, and on the chain of acts. */
async function replaceChecked(
  world: BatchWorld,
  caller: Caller,
  read: DirectoryRead | DirectoryUnreadable,
  { version, dryRun, acceptWarnings }: DirectoryChangeInput,
): Promise<Answer<DirectoryChanged> | DirectoryRefused> {
  if (read.kind === 'refused') return refuseFindings('The directory has errors.', read.findings);
  const { directory } = await world.directory.refresh();
  if (directory.version !== version) return refuseStale(version, directory.version);
  const changes = directoryDifference(fromDirectory(directory), read);
  const warnings = await findWarnings(world, directory, read);
  const told = { changes, warnings };
  if (dryRun || changes.length === 0) return { kind: 'done', value: { version, applied: false, ...told } };
  if (warnings.length > 0 && !acceptWarnings) {
    return refuseFindings(
      'With this directory, people would be missing where processes need them.',
      warnings,
    );
  }
  const raised = await putInForce(world, caller, read, { version, via: 'http', warnings });
  if (raised !== null) return { kind: 'done', value: { version: raised, applied: true, ...told } };
  return refuseStale(version, (await world.directory.current()).directory.version);
}

/** Null, and nothing was changed, where the version is another by now. What is known is up to date after it. */
export async function putInForce(
  world: BatchWorld,
  caller: Caller,
  content: Required<DirectoryContent>,
  { version, via, warnings }: { version: number; via: 'http' | 'scim'; warnings: readonly Finding[] },
): Promise<number | null> {
  const { principals, units } = content;
  // On the record are as many as anybody reads; the answer to the change has them all.
  const sentences = warnings.slice(0, 20).map(({ file, message }) => `${file}: ${message}`.slice(0, 500));
  const ofAct = { via, ...(sentences.length === 0 ? {} : { warnings: sentences }) };
  const by = caller.principal.id;
  const raised = await world.ledger.replaceDirectory(principals, units, by, content, version, ofAct);
  await world.directory.reload();
  return raised;
}

/** What no definition lacked before: of those that new instances get, and those that instances are on. */
export async function findWarnings(
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
