/** The directory over HTTP: as a file would say it, and what a change of it does. */
import Type from 'typebox';
import {
  DirectoryAbsence,
  DirectoryBody,
  DirectoryDelegation,
  DirectoryFile,
  DirectoryPrincipal,
  DirectoryRole,
  DirectoryUnit,
} from '../directory.ts';
import { Finding } from '../finding.ts';
import { closed } from './common.ts';

export const DirectoryView = Type.Object({
  version: Type.Integer({ description: 'Grows with each change of the directory or of a key; the ETag.' }),
  directory: Type.Object(DirectoryFile.properties, closed),
});

export const PutDirectoryQuery = Type.Object(
  {
    dryRun: Type.Optional(
      Type.Literal('true', { description: 'Changes nothing, and answers what would change.' }),
    ),
    acceptWarnings: Type.Optional(
      Type.Literal('true', { description: 'Makes the change although processes would lack people.' }),
    ),
  },
  closed,
);

export const DirectoryChanged = Type.Object({
  version: Type.Integer({ description: 'The version in force after it; the ETag.' }),
  applied: Type.Boolean({ description: 'false: nothing was changed.' }),
  changes: Type.Array(Type.String(), { description: 'What changes, a sentence each.' }),
  warnings: Type.Array(Finding, {
    description:
      'What definitions lack with it and did not lack before; `file` is the process and its version.',
  }),
});

const ownId = Type.Optional(
  Type.String({ maxLength: 110, description: 'May be left out: the address names it.' }),
);

/** One entry of each kind, as its address takes and gives it. */
export const directoryEntries = {
  roles: DirectoryRole,
  units: Type.Object({ ...DirectoryUnit.properties, id: ownId }, closed),
  principals: Type.Object({ ...DirectoryPrincipal.properties, id: ownId }, closed),
  bodies: Type.Object({ ...DirectoryBody.properties, id: ownId }, closed),
  delegations: DirectoryDelegation,
  absences: DirectoryAbsence,
} as const;
