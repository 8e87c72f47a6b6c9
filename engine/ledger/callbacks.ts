/** Notices to agents that are called: planned, handed out to one node at a time, and settled. Of no authority. */
import type { Sql } from 'postgres';
import { instant } from './instant.ts';
import type { RequestName, WorkPlace } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** A request that an agent could be told of. Times are ISO 8601. */
export interface RequestToTell extends RequestName {
  readonly definition: string;
  readonly decision: string;
  readonly requestedAt: string;
}

/** Where a request stands among the others of its states. */
export type PlaceInLine = Pick<RequestToTell, 'requestedAt' | 'instance' | 'state'>;

export interface CallbackNotice extends RequestName {
  readonly agent: string;
  readonly process: string;
  readonly decision: string;
  readonly requestedAt: string;
  readonly attempts: number;
}

export type CallbackOutcome = 'delivered' | 'given-up' | 'withdrawn' | 'not-for-them';

/** A notice as those see it who look after the agents. */
export interface CallbackTry extends CallbackNotice {
  readonly triedAt: string;
  /** Null when nothing more is tried. */
  readonly nextAt: string | null;
  readonly status: number | null;
  readonly problem: string | null;
  /** Null while it is still tried. */
  readonly outcome: CallbackOutcome | null;
}

export interface CallbackResult {
  readonly status: number | null;
  readonly problem: string | null;
  readonly again: string | null;
  readonly outcome: CallbackOutcome | null;
}

export interface CallbackLedger {
  /** To sign with: the newest first, and the one before it for a day; empty where none was made. */
  callbackSecrets(agent: string): Promise<readonly string[]>;
  /** False where the directory has no such agent. */
  makeCallbackSecret(agent: string, secret: string, by: string): Promise<boolean>;
  /** Requests of these states, after that place, that the agent was not told of; the oldest first. */
  listUntold(
    places: readonly WorkPlace[],
    agent: string,
    after: PlaceInLine,
    limit: number,
  ): Promise<readonly RequestToTell[]>;
  /** Requests that were not for the agent when they were looked at last, then or before; as looked at now. */
  lookAgain(
    agent: string,
    lookedBefore: string,
    at: string,
    limit: number,
  ): Promise<readonly RequestToTell[]>;
  planCallback(
    request: RequestToTell,
    agent: string,
    process: string,
    theirs: { readonly isTheirs: boolean; readonly problem: string | null },
    at: string,
  ): Promise<void>;
  /** What is due, for each agent at most as many as there is room for. */
  claimCallbacks(at: string, room: ReadonlyMap<string, number>): Promise<readonly CallbackNotice[]>;
  settleCallback(notice: CallbackNotice, result: CallbackResult): Promise<void>;
  /** The latest first. */
  listCallbacks(limit: number): Promise<readonly CallbackTry[]>;
}

const noticeColumns = `n.instance, n.state, n.opened, n.agent, n.process, n.decision,
  ${instant('n.requested_at')} as "requestedAt", n.attempts`;

export function callbackLedger(writes: Sql, reads: Sql): CallbackLedger {
  return {
    async callbackSecrets(agent) {
      const rows = await reachDatabase(
        reads<{ secret: string; previous: string | null }[]>`
          select secret, case when made_at > clock_timestamp() - interval '1 day' then previous end as previous
          from ledger.callback_secrets where agent = ${agent}`,
      );
      return rows.flatMap(({ secret, previous }) => (previous === null ? [secret] : [secret, previous]));
    },

    async makeCallbackSecret(agent, secret, by) {
      const [row] = await reachDatabase(
        writes<{ made: boolean }[]>`select ledger.make_callback_secret(${agent}, ${secret}, ${by}) as made`,
      );
      return row?.made === true;
    },

    async listUntold(places, agent, after, limit) {
      if (places.length === 0) return [];
      const hashes = JSON.stringify(places.map(({ hash }) => hash));
      const states = JSON.stringify(places.map(({ state }) => state));
      return reachDatabase(
        reads.unsafe<RequestToTell[]>(
          `select r.instance, r.state, r.opened, r.decision, w.hash as definition,
             ${instant('r.requested_at')} as "requestedAt"
           from rows from (json_array_elements_text($1::text::json), json_array_elements_text($2::text::json))
             w(hash, state)
           cross join lateral (
             select q.* from (
               select q.instance, q.state, q.opened, q.decision, q.requested_at from ledger.proposal_requests q
               where q.definition = decode(w.hash, 'hex') and q.state = w.state
                 and (q.requested_at, q.instance) >= ($4::text::timestamptz, $6::text::uuid)
                 and (q.requested_at, q.instance, q.state) > ($4::text::timestamptz, $6::text::uuid, $7::text)
                 and not exists (
                   select from ledger.callback_notices n where n.instance = q.instance and n.state = q.state
                     and n.opened = q.opened and n.agent = $3::text)
               order by q.requested_at, q.instance limit $5::int
             ) q
           ) r
           order by r.requested_at, r.instance, r.state limit $5::int`,
          [hashes, states, agent, after.requestedAt, limit, after.instance, after.state],
        ),
      );
    },

    async lookAgain(agent, lookedBefore, at, limit) {
      return reachDatabase(
        writes.unsafe<RequestToTell[]>(
          `select n.instance, n.state, n.opened, n.decision, n.definition, ${instant('n.requested')} as "requestedAt"
           from ledger.look_again_at_notices($1::text, $2::text::timestamptz, $3::text::timestamptz, $4::int) n`,
          [agent, lookedBefore, at, limit],
        ),
      );
    },

    async planCallback(request, agent, process, { isTheirs, problem }, at) {
      const { instance, state, opened, decision, requestedAt } = request;
      await reachDatabase(
        writes`select ledger.plan_callback_notice(${instance}::uuid, ${state}, ${opened}, ${agent}, ${process},
          ${decision}, ${requestedAt}::timestamptz, ${isTheirs}, ${problem},
          ${at}::timestamptz)`,
      );
    },

    async claimCallbacks(at, room) {
      if (room.size === 0) return [];
      return reachDatabase(
        writes.unsafe<CallbackNotice[]>(
          `select ${noticeColumns} from ledger.claim_callback_notices($1::text::timestamptz,
             array(select json_array_elements_text($2::text::json)),
             array(select json_array_elements_text($3::text::json)::int)) n`,
          [at, JSON.stringify([...room.keys()]), JSON.stringify([...room.values()])],
        ),
      );
    },

    async settleCallback({ instance, state, opened, agent }, { status, problem, again, outcome }) {
      await reachDatabase(
        writes`select ledger.settle_callback_notice(${instance}::uuid, ${state}, ${opened}, ${agent}, ${status},
          ${problem}, ${again}::timestamptz, ${outcome})`,
      );
    },

    async listCallbacks(limit) {
      return reachDatabase(
        reads.unsafe<CallbackTry[]>(
          `select ${noticeColumns}, ${instant('n.tried_at')} as "triedAt", ${instant('n.next_at')} as "nextAt",
             n.status, n.problem, n.outcome
           from ledger.callback_notices n order by n.tried_at desc, n.instance, n.state, n.agent limit $1::int`,
          [limit],
        ),
      );
    },
  };
}
