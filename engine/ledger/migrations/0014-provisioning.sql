-- What an identity provider calls a person it provisions (SCIM): {userName, externalId, employeeNumber, status}. It is
-- a label of the directory, has no authority, and is replaced and kept with every version as the rest of it is.

alter table principals
  add column provisioned jsonb check (provisioned is null or kind = 'person');
