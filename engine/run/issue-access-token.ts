/** Short-lived tokens for services and agents, made with a key of their own: OAuth client credentials (RFC 6749, 4.4). */
import { randomBytes } from 'node:crypto';
import { toAccessToken } from './authenticate.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Engine } from './engine-contract.ts';
import { keyHashOf, proofOf } from './key-proof.ts';
import { refuse } from './refuse.ts';

export const accessTokenSeconds = 600;

export function accessTokenDoors(world: BatchWorld): Pick<Engine, 'issueAccessToken'> {
  return {
    async issueAccessToken({ client, secret, scopes: wanted }, loopback) {
      const { directory, keysByHash } = await world.directory.refresh();
      const key = keysByHash.get(keyHashOf(proofOf(secret)));
      const isTheirs = key !== undefined && (client === key.id || client === key.principal);
      if (!isTheirs || !world.directory.honours(key) || (key.demonstration && !loopback))
        return refuseClient();
      const principal = directory.principals.get(key.principal);
      if (principal === undefined || !principal.active) return refuseClient();
      if (principal.kind === 'person') return refusePerson();
      const scopes = wanted ?? key.scopes;
      const beyond = scopes.filter((scope) => !key.scopes.includes(scope));
      if (beyond.length > 0 || scopes.length === 0) return refuseScopes(beyond, key.scopes);
      const token = toAccessToken(randomBytes(32).toString('base64url'));
      const hash = keyHashOf(proofOf(token));
      const added = await world.ledger.addAccessToken({ hash, key: key.id, scopes }, accessTokenSeconds);
      if (added === null) return refuseClient();
      return { kind: 'done', value: { secret: token, scopes, expiresInSeconds: accessTokenSeconds } };
    },
  };
}

const refuseClient = () =>
  refuse(
    'unauthenticated',
    'There is no client of this id with this secret, or its key is not in force.',
    'Send the id of a principal or of its key as client_id, and the key itself as client_secret.',
  );

const refusePerson = () =>
  refuse('not-allowed', 'Only services and agents get access tokens.', 'People sign in, or use their key.');

const refuseScopes = (beyond: readonly string[], held: readonly string[]) =>
  refuse(
    'bad-input',
    beyond.length === 0 ? 'No scope is asked for.' : `The key does not have the scope ${beyond.join(' ')}.`,
    `Ask for some of ${held.join(' ')}, or leave scope out to get all of them.`,
  );
