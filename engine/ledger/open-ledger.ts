/** Opens the ledger as the engine's own login. All SQL is behind what this returns. */
import postgres, { type Sql } from 'postgres';
import { addAccessToken, findAccessToken } from './access-tokens.ts';
import { callbackLedger } from './callbacks.ts';
import { claimOneRequest, claimRequest, heldByAnother, releaseClaim, renewClaim } from './claim-request.ts';
import { commitSteps } from './commit-steps.ts';
import { askToLift, liftControl, loadControls, setControl } from './controls.ts';
import { type DatabaseAddress, toConnectionOptions } from './database-address.ts';
import {
  currentDefinition,
  deployDefinition,
  listDefinitions,
  loadDefinition,
  readDefinitions,
} from './definitions.ts';
import { directoryVersion, loadDirectory, replaceDirectory } from './directory.ts';
import { factorLedger } from './factors.ts';
import { findWalls } from './find-walls.ts';
import { forgetAnswers } from './forget-answers.ts';
import { addKey, findKeys, revokeKey } from './keys.ts';
import { type Ledger, LedgerProblem } from './ledger.ts';
import { listActs } from './list-acts.ts';
import { listDueTimers } from './list-due-timers.ts';
import { listInstances } from './list-instances.ts';
import { listOpenGates } from './list-open-gates.ts';
import { listRequests } from './list-requests.ts';
import { loadAnswers } from './load-answers.ts';
import { loadInstances } from './load-instances.ts';
import { loadMigrations } from './load-migrations.ts';
import { checkApplied, loadApplied } from './migrate.ts';
import { openBallotBox } from './open-ballot-box.ts';
import { reachDatabase, statementTimeoutMs } from './reach-database.ts';
import { withAdministration } from './read-administration.ts';
import { readAnswers } from './read-answers.ts';
import { readDoorRules } from './read-door-rules.ts';
import { findEntry, readEntries } from './read-entries.ts';
import { withExtent } from './read-extent.ts';
import { countReviewers } from './reviewer-figures.ts';
import { findSchemaDifferences } from './schema-differences.ts';
import { endSessions, findSession, listSessions, openSession, useSession } from './sessions.ts';
import { listUsedDefinitions, listWorkPlaces } from './work-places.ts';

export interface LedgerOptions {
  /** Connections for commits, as many as batches may be under way, and as many again for reading. */
  readonly connections?: number;
}

/** Refuses a database whose schema is not the one this program was written for. The caller MUST close it. */
export async function openLedger(
  address: DatabaseAddress | string,
  options: LedgerOptions = {},
): Promise<Ledger> {
  // Commits have connections of their own: a slow search must not stand before them in the queue.
  const commits = connect(address, options);
  const reads = connect(address, options);
  // Drizzle changes how its client reads dates, so it gets one to itself.
  const searches = connect(address, { connections: 2 });
  // Loading Drizzle takes longer than all the rest, so whoever searches first waits for it, and nobody else.
  let opened: Promise<Ledger['searchInstances']> | null = null;
  const search = () => {
    opened ??= import('./search-instances.ts').then(({ toSearch }) => toSearch(searches));
    return opened;
  };
  const close = async (waitSeconds: number) => {
    await Promise.all([commits, reads, searches].map((sql) => sql.end({ timeout: waitSeconds })));
  };
  try {
    await checkSchema(reads);
  } catch (error) {
    await close(0);
    throw error;
  }
  return {
    loadInstances: (ids) => loadInstances(reads, ids),
    commitSteps: (steps, version) => commitSteps(commits, steps, version),
    findEntry: (instance, seq) => findEntry(reads, instance, seq),
    loadAnswers: (wanted) => loadAnswers(reads, wanted),
    forgetAnswers: (fromBlock, before) => forgetAnswers(commits, fromBlock, before),
    searchInstances: async (filter) => (await search())(filter),
    readEntries: (instance, afterSeq, limit) => readEntries(reads, instance, afterSeq, limit),
    listInstances: (after, limit) => listInstances(reads, after, limit),
    deployDefinition: (definition) => deployDefinition(commits, definition),
    loadDefinition: (hash) => loadDefinition(reads, hash),
    currentDefinition: (process) => currentDefinition(reads, process),
    listDefinitions: () => listDefinitions(reads),
    listWorkPlaces: (kind) => listWorkPlaces(reads, kind),
    listUsedDefinitions: (process) => listUsedDefinitions(reads, process),
    findWalls: (from, to, moves) => findWalls(reads, from, to, moves),
    listActs: (after, limit) => listActs(reads, after, limit),
    openBallotBox: (box, shown, time) => openBallotBox(commits, box, shown, time),
    listOpenGates: (definitions, person, after, limit) =>
      listOpenGates(reads, definitions, person, after, limit),
    claimRequest: (definitions, agent, leaseMs) => claimRequest(commits, definitions, agent, leaseMs),
    listRequests: (definitions, agent, after, limit) => listRequests(reads, definitions, agent, after, limit),
    claimOneRequest: (request, agent, leaseMs) => claimOneRequest(commits, request, agent, leaseMs),
    renewClaim: (request, agent, claim, leaseMs) => renewClaim(commits, request, agent, claim, leaseMs),
    heldByAnother: (request, agent, claim) => heldByAnother(reads, request, agent, claim),
    releaseClaim: (instance, state, claim) => releaseClaim(commits, instance, state, claim),
    listDueTimers: (now, limit) => listDueTimers(reads, now, limit),
    directoryVersion: () => directoryVersion(reads),
    loadDirectory: () => loadDirectory(reads),
    replaceDirectory: (principals, units, by, rest, expected, ofAct) =>
      replaceDirectory(commits, principals, units, by, rest, expected, ofAct),
    countReviewers: (places, question) => countReviewers(reads, places, question),
    loadControls: (andLifted) => loadControls(reads, andLifted),
    setControl: (control, shown) => setControl(commits, control, shown),
    askToLift: (control, reason, shown) => askToLift(commits, control, reason, shown),
    liftControl: (control, shown) => liftControl(commits, control, shown),
    addKey: (key) => addKey(commits, key),
    findKeys: () => findKeys(reads),
    revokeKey: (id, by) => revokeKey(commits, id, by),
    ...factorLedger(commits, reads),
    ...callbackLedger(commits, reads),
    openSession: (session) => openSession(commits, session),
    findSession: (hash) => findSession(reads, hash),
    listSessions: (principal) => listSessions(reads, principal),
    useSession: (id, at) => useSession(commits, id, at),
    endSessions: (principal, only, by) => endSessions(commits, principal, only, by),
    addAccessToken: (token, lifetimeSeconds) => addAccessToken(commits, token, lifetimeSeconds),
    findAccessToken: (hash) => findAccessToken(reads, hash),
    withExtent: (which, work) => withExtent(reads, which, work),
    withAdministration: (work) => withAdministration(reads, work),
    readAnswers: (after, limit) => readAnswers(reads, after, limit),
    readDefinitions: (after, limit) => readDefinitions(reads, after, limit),
    readDoorRules: (definition) => readDoorRules(reads, definition),
    findSchemaDifferences: () => findSchemaDifferences(reads),
    close: () => close(2),
  };
}

function connect(address: DatabaseAddress | string, { connections = 6 }: LedgerOptions): Sql {
  return postgres({
    ...toConnectionOptions(address),
    max: connections,
    connect_timeout: 5,
    keep_alive: 10,
    backoff: (retries: number) => Math.min(1, 0.05 * 2 ** Math.min(retries, 5)),
    fetch_types: false,
    onnotice: () => {},
    connection: {
      application_name: 'countersign',
      statement_timeout: statementTimeoutMs,
      lock_timeout: statementTimeoutMs / 2,
      TimeZone: 'UTC',
    },
  });
}

async function checkSchema(sql: Sql): Promise<void> {
  const known = await loadMigrations();
  const applied = await reachDatabase(loadApplied(sql));
  const unsuitable = checkApplied(known, applied);
  if (unsuitable !== null) throw new LedgerProblem(unsuitable);
  if (applied.length < known.length) {
    throw new LedgerProblem(
      `The database has ${applied.length} of this program's ${known.length} migrations: run the migrations first, with an administrator's login.`,
    );
  }
}
