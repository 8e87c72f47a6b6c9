/** The role that may move running instances to another definition. It is held by people, and by nobody by default. */
export const migratorRole = 'process-operator';
