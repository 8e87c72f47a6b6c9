-- Whom an identity provider provisions (SCIM): what it calls them, as {userName, externalId, employeeNumber, status}.
-- It is a label of the directory, has no authority, and is replaced and kept with every version as the rest of it is.
--
-- Lock order: as of everything in the directory, below the exclusive lock on `directory_version`.

alter table principals
  add column provisioned jsonb check (provisioned is null or kind = 'person');
