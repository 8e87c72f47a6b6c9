/**
 * Who calls: by a key, by an access token made with one, by a session, or by an account that the identity provider
 * vouches for. It decides who that is and what they showed, and nothing of what they may do.
 */
import type { Ledger, StoredAccessToken, StoredSession } from '../ledger/ledger.ts';
import type { Account, Principal } from '../oversight/directory.ts';
import { accountName } from '../oversight/link-accounts.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Caller, Engine, Scope } from './engine-contract.ts';
import { keyHashOf, proofOf } from './key-proof.ts';
import { scopesByKind } from './manage-keys.ts';
import { RecentMap } from './recent-map.ts';

export function authenticatingDoors(
  world: Pick<BatchWorld, 'ledger' | 'directory' | 'clock'>,
): Pick<Engine, 'authenticate' | 'authenticateSession' | 'authenticateAccount'> {
  const tokens = new RecentMap<string, StoredAccessToken>(1000);
  return {
    authenticate: (secret, request, loopback) =>
      isAccessToken(secret)
        ? byAccessToken(world, tokens, secret, request, loopback)
        : byKey(world, secret, request, loopback),
    authenticateSession: (secret, request) => bySession(world, secret, request),
    authenticateAccount: (account, scopes, request) => byAccount(world, account, scopes, request),
  };
}

type World = Pick<BatchWorld, 'ledger' | 'directory' | 'clock'>;

/** Looks in memory first: what a key moves is checked again in the commit, and what it reads asks anew. */
async function byKey(
  { directory }: World,
  secret: string,
  request: string,
  loopback: boolean,
): Promise<Caller | null> {
  const proof = proofOf(secret);
  const hash = keyHashOf(proof);
  const remembered = (await directory.current()).keysByHash.get(hash);
  const key = remembered ?? (await directory.refresh()).keysByHash.get(hash);
  if (key === undefined || !directory.honours(key) || (key.demonstration && !loopback)) return null;
  const principal = (await directory.current()).directory.principals.get(key.principal);
  if (principal === undefined || !principal.active) return null;
  const scopes = key.scopes as readonly Scope[];
  return { principal, authentication: [`key:${key.id}`], scopes, key: key.id, proof, request };
}

/** So that a key is never looked for among tokens, nor a token among keys. */
const accessTokenPrefix = 'cst_';
export const isAccessToken = (secret: string) => secret.startsWith(accessTokenPrefix);
export const toAccessToken = (random: string) => accessTokenPrefix + random;

/** A token stands for its key, which is asked about as ever, and proves nothing to the last door. */
async function byAccessToken(
  { ledger, directory, clock }: World,
  tokens: RecentMap<string, StoredAccessToken>,
  secret: string,
  request: string,
  loopback: boolean,
): Promise<Caller | null> {
  const hash = keyHashOf(proofOf(secret));
  const token = tokens.get(hash) ?? (await ledger.findAccessToken(hash));
  if (token === null || Date.parse(token.expiresAt) <= clock.now()) return null;
  tokens.set(hash, token);
  const known = await directory.current();
  const key = known.keysById.get(token.key) ?? (await directory.refresh()).keysById.get(token.key);
  if (key === undefined || !directory.honours(key) || (key.demonstration && !loopback)) return null;
  const principal = (await directory.current()).directory.principals.get(key.principal);
  if (principal === undefined || !principal.active || principal.kind === 'person') return null;
  const scopes = token.scopes.filter((scope) => key.scopes.includes(scope)) as readonly Scope[];
  return { principal, authentication: [`key:${key.id}`], scopes, key: key.id, proof: null, request };
}

/** Asks the database each time: a session that was ended a moment ago, on whatever node, stands for nobody. */
async function bySession(world: World, secret: string, request: string): Promise<Caller | null> {
  const proof = proofOf(secret);
  const session = await world.ledger.findSession(keyHashOf(proof));
  if (session === null || !isLive(session, world.clock.now())) return null;
  const { directory } = await world.directory.refresh();
  const principal = directory.principals.get(session.principal);
  if (principal === undefined || !isStillTheirs(session, principal)) return null;
  await noteUse(world, session);
  const { id, authenticatedAt, acr, amr, expiresAt, issuer } = session;
  return {
    principal,
    authentication: [`session:${id}`, `oidc:${issuer}`],
    scopes: scopesByKind.person,
    key: null,
    proof,
    session: { id, authenticatedAt, acr, amr, expiresAt },
    request,
  };
}

export function isLive(session: StoredSession, nowMs: number): boolean {
  return (
    session.endedAt === null &&
    Date.parse(session.expiresAt) > nowMs &&
    Date.parse(session.usedAt) + session.idleSeconds * 1000 > nowMs
  );
}

/** The person is active, and the directory still links the account they signed in with to them. */
function isStillTheirs(session: StoredSession, { kind, active, accounts = [] }: Principal): boolean {
  const { issuer, subject } = session;
  return (
    kind === 'person' &&
    active &&
    accounts.some((account) => account.issuer === issuer && account.subject === subject)
  );
}

/** A write for each request would be too much, and for each tenth of the idle time is enough. */
async function noteUse({ ledger, clock }: { ledger: Ledger; clock: World['clock'] }, session: StoredSession) {
  const now = clock.now();
  if (now - Date.parse(session.usedAt) < session.idleSeconds * 100) return;
  await ledger.useSession(session.id, new Date(now).toISOString());
}

/** People sign in, so a token of the provider stands for none: it would show the last door nothing. */
async function byAccount(
  { directory }: World,
  account: Account,
  wanted: readonly string[],
  request: string,
): Promise<Caller | null> {
  const { principalsByAccount } = await directory.refresh();
  const principal = principalsByAccount.get(accountName(account));
  if (principal === undefined || principal.kind === 'person') return null;
  const scopes = scopesByKind[principal.kind].filter((scope) => wanted.includes(scope));
  const authentication = [`oidc:${account.issuer}#${account.subject}`];
  return { principal, authentication, scopes, key: null, proof: null, request };
}
