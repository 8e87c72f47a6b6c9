/** Roles that the engine itself knows. Everything else is the processes' own business. */
import { controllerRole } from './controls.ts';
import { auditorRole } from './may-read.ts';
import { migratorRole } from './migrator-role.ts';

export const engineRoles = {
  deploy: 'process-designer',
  keys: 'key-administrator',
  directory: 'directory-administrator',
  provision: 'provisioner',
  audit: auditorRole,
} as const;

/** Whoever holds one of them has power over Countersign itself: an administrator gives them, and no sync does. */
export const administrativeRoles: ReadonlySet<string> = new Set([
  ...Object.values(engineRoles),
  controllerRole,
  migratorRole,
]);
