/** What a key may be used for: the one list that the engine, its API and the command line go by. */
export const scopes = [
  'read',
  'start',
  'event',
  'decide',
  'propose',
  'deploy',
  'migrate',
  'directory',
  'control',
  'keys',
] as const;

export type Scope = (typeof scopes)[number];
