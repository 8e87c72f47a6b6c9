/** How the engine logs in: as its own role, never as the administrator. */
import { createHmac } from 'node:crypto';
import { type DatabaseAddress, fromDatabaseUrl } from './database-address.ts';

export const engineRole = 'countersign_engine';
export const ownerRole = 'countersign_owner';

/**
 * The address the engine connects with. Its password follows from the administrator's, so there is nothing
 * more to keep: whoever knows the first may do everything the second may, and the second does not tell the first.
 */
export function engineAddress(admin: DatabaseAddress | string): DatabaseAddress {
  const address = typeof admin === 'string' ? fromDatabaseUrl(admin) : admin;
  const password =
    address.password === null
      ? null
      : createHmac('sha256', address.password).update('countersign-engine').digest('hex');
  return { ...address, user: engineRole, password };
}
