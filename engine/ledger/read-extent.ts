/**
 * Some instances with everything that belongs to them, read in one snapshot: so a running server changes nothing
 * in between. Rows of instances that are not there lie in the same range of ids, and turn up with the others.
 */
import type { Sql, TransactionSql } from 'postgres';
import type { Columns, Row, RowsBeside } from '../step/rows-beside.ts';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import type { StoredEntry, StoredInstance } from './ledger.ts';
import { storedInstanceColumns } from './load-instances.ts';
import { atOneInstant } from './one-instant.ts';
import { reachDatabase } from './reach-database.ts';
import type { Extent, ExtentWanted, InstanceOnRecord } from './record-reader.ts';

const rowsAtOnce = 500;
const lastOfAll = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

export async function withExtent<T>(
  sql: Sql,
  wanted: ExtentWanted,
  work: (extent: Extent) => Promise<T>,
): Promise<T> {
  return atOneInstant(sql, async (transaction) => {
    const instances = await readInstances(transaction, wanted);
    const last = instances.at(-1)?.id ?? null;
    const isLast = 'ids' in wanted || instances.length < wanted.limit;
    // The bounds of the range: after the first, up to and with the second.
    const range: Range =
      'ids' in wanted
        ? { where: 'instance = any (string_to_array($1, $2)::uuid[])', parameters: [idsOf(instances), ','] }
        : {
            where: '($1::uuid is null or instance > $1::uuid) and instance <= $2::uuid',
            parameters: [wanted.after, isLast ? lastOfAll : last],
          };
    const known = new Map(instances.map(({ id }) => [id, emptyLists()]));
    const strays: { instance: string; table: string }[] = [];
    for (const list of listNames) {
      for (const { instance, ...row } of await readRange<Row & { instance: string }>(
        transaction,
        lists[list],
        range,
      )) {
        const rows = known.get(instance);
        if (rows === undefined) strays.push({ instance, table: tables[list] });
        else rows[list].push(row as Row);
      }
    }
    const strayContents: Place[] = [];
    return work({
      instances: instances.map(({ columns, ...stored }): InstanceOnRecord => {
        return { ...stored, rows: { columns, ...(known.get(stored.id) ?? emptyLists()) } };
      }),
      next: isLast ? null : last,
      strays,
      strayContents,
      entries: () => readEntryPages(transaction, range, strayContents),
    });
  });
}

interface Range {
  readonly where: string;
  readonly parameters: readonly [string | null, string | null];
}

const idsOf = (instances: readonly StoredInstance[]) => instances.map(({ id }) => id).join(',');

async function readInstances(
  sql: TransactionSql,
  wanted: ExtentWanted,
): Promise<readonly (StoredInstance & { readonly columns: Columns })[]> {
  const select = `select ${storedInstanceColumns}, i.status, to_json(i.states) as states, i.initiator,
    i.initiator_unit as "initiatorUnit" from ledger.instances i`;
  type Found = StoredInstance & Pick<Columns, 'status' | 'states' | 'initiator' | 'initiatorUnit'>;
  const rows = await reachDatabase(
    'ids' in wanted
      ? sql.unsafe<Found[]>(`${select} where i.id = any (string_to_array($1, ',')::uuid[]) order by i.id`, [
          wanted.ids.filter(isInstanceId).join(','),
        ])
      : sql.unsafe<Found[]>(
          `${select} where $1::uuid is null or i.id > $1::uuid order by i.id limit $2::int`,
          [wanted.after, wanted.limit],
        ),
  );
  return rows.map(({ status, states, initiator, initiatorUnit, ...stored }) => {
    const { definition, process, startedAt, updatedAt } = stored;
    return {
      ...stored,
      columns: { definition, process, initiator, initiatorUnit, status, states, startedAt, updatedAt },
    };
  });
}

type ListName = keyof Omit<RowsBeside, 'columns'>;
type Lists = { [list in ListName]: Row[] };

const listNames: readonly ListName[] = [
  ...([
    'gates',
    'requests',
    'timers',
    'notices',
    'fields',
    'decisions',
    'counts',
    'ballots',
    'proposals',
    'shown',
  ] as const),
];
const emptyLists = (): Lists => ({
  gates: [],
  requests: [],
  timers: [],
  notices: [],
  fields: [],
  decisions: [],
  counts: [],
  ballots: [],
  proposals: [],
  shown: [],
});
const tables = {
  gates: 'gates',
  requests: 'proposal_requests',
  timers: 'timers',
  notices: 'gate_notices',
  fields: 'instance_fields',
  decisions: 'decisions',
  counts: 'counts',
  ballots: 'ballots',
  proposals: 'latest_proposals',
  shown: 'shown_factors',
} as const;

const lists: { readonly [list in ListName]: string } = {
  gates: `select instance, state as name, encode(definition, 'hex') as definition, opened,
    ${instant('opened_at')} as "openedAt", coalesce(${instant('due_at')}, '') as "dueAt" from ledger.gates where RANGE`,
  requests: `select instance, state as name, encode(definition, 'hex') as definition, opened, decision, places,
    ${instant('requested_at')} as "requestedAt" from ledger.proposal_requests where RANGE`,
  notices: `select instance, state || ' ' || person || ' ' || reason as name from ledger.gate_notices where RANGE`,
  timers: `select instance, timer as name, set, ${instant('due_at')} as "dueAt" from ledger.timers where RANGE`,
  decisions: `select instance, seq::text as name, gate, opened, subject, person, seat, verdict,
    coalesce(choice, '') as choice, coalesce(ballot, '') as ballot, coalesce(outcome, '') as outcome from ledger.decisions where RANGE`,
  counts: `select instance, seq::text as name, gate, opened, subject, approved, rejected, returned, abstained, struck,
    outcome, coalesce(chosen, '') as chosen from ledger.counts where RANGE`,
  ballots: `select instance, commitment as name, gate, opened, subject,
    case when ledger.is_whole_ballot(instance, commitment) then 'whole' else 'altered' end as ballot
    from ledger.ballots where RANGE`,
  proposals: `select instance, decision || ' ' || seq as name, digest, proposer, state, coalesce(opened, 0) as opened,
    coalesce(since, 0) as since, coalesce(chosen::text, '') as chosen from ledger.latest_proposals where RANGE`,
  shown: `select instance, seq::text as name, factor, once, principal, shown_for as "shownFor",
    coalesce(counter::text, '') as counter
    from ledger.shown_factors where RANGE`,
  fields: 'select instance, field as name, process, value from ledger.instance_fields where RANGE',
};

async function readRange<T extends object>(
  sql: TransactionSql,
  statement: string,
  { where, parameters }: Range,
): Promise<readonly T[]> {
  return reachDatabase(sql.unsafe<T[]>(statement.replace('RANGE', where), [...parameters]));
}

interface Place {
  readonly instance: string;
  readonly seq: number;
}

type Content = Place & Pick<StoredEntry, 'data' | 'dataSalt' | 'changedSalt'>;
const noContent = { data: null, dataSalt: null, changedSalt: null };

/**
 * Entries and contents are read side by side in the order of their one key, and put together here: each is a walk
 * along an index whatever the planner knows. An entry whose content is gone is still an entry, and a content
 * without an entry is told in `strays`.
 */
async function* readEntryPages(
  sql: TransactionSql,
  range: Range,
  strays: Place[],
): AsyncGenerator<readonly StoredEntry[]> {
  const contents = new PageReader<Content>(
    sql,
    range,
    `select instance, seq, data, encode(data_salt, 'hex') as "dataSalt", encode(changed_salt, 'hex') as "changedSalt"
     from ledger.contents`,
  );
  const entries = new PageReader<Omit<StoredEntry, keyof typeof noContent>>(
    sql,
    range,
    `select instance, seq, text, encode(hash, 'hex') as hash from ledger.entries`,
  );
  let beside = await contents.next();
  let at = 0;
  for (let page = await entries.next(); page.length > 0; page = await entries.next()) {
    const whole: StoredEntry[] = [];
    for (const entry of page) {
      let found: Content | undefined;
      for (;;) {
        if (at === beside.length && at > 0) {
          beside = await contents.next();
          at = 0;
        }
        const content = beside[at];
        const order = content === undefined ? 1 : compare(content, entry);
        if (order <= 0) at += 1;
        if (order === 0) found = content;
        else if (order < 0 && content !== undefined)
          strays.push({ instance: content.instance, seq: content.seq });
        if (order >= 0) break;
      }
      const { data, dataSalt, changedSalt } = found ?? noContent;
      const { instance, seq, text, hash } = entry;
      whole.push({ instance, seq, text, hash, data, dataSalt, changedSalt });
    }
    yield whole;
  }
  for (; beside.length > 0; beside = await contents.next(), at = 0) {
    for (const { instance, seq } of beside.slice(at)) strays.push({ instance, seq });
  }
}

/** Ids are of one length and lower case, so as texts they have the database's order. */
function compare(one: Place, other: Place): number {
  if (one.instance !== other.instance) return one.instance < other.instance ? -1 : 1;
  return one.seq - other.seq;
}

/** Rows of the range in order, a page at a time; the next page is on its way while the one before is looked at. */
class PageReader<T extends Place> {
  readonly #sql: TransactionSql;
  readonly #range: Range;
  readonly #select: string;
  #coming: Promise<readonly T[]> | null;

  constructor(sql: TransactionSql, range: Range, select: string) {
    this.#sql = sql;
    this.#range = range;
    this.#select = select;
    this.#coming = this.#read('00000000-0000-0000-0000-000000000000', -2147483648);
  }

  /** Empty at the end. */
  async next(): Promise<readonly T[]> {
    const page = this.#coming === null ? [] : await this.#coming;
    const last = page.at(-1);
    this.#coming =
      last === undefined || page.length < rowsAtOnce ? null : this.#read(last.instance, last.seq);
    return page;
  }

  #read(instance: string, seq: number): Promise<readonly T[]> {
    const { where, parameters } = this.#range;
    const statement = `${this.#select} where ${where} and (instance, seq) > ($3::uuid, $4::int)
      order by instance, seq limit ${rowsAtOnce}`;
    const page = reachDatabase(this.#sql.unsafe<T[]>(statement, [...parameters, instance, seq]));
    // Whoever stops early leaves a page unread, and its failure concerns nobody.
    page.catch(() => undefined);
    return page;
  }
}
