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
import { entryColumns } from './read-entries.ts';
import type { Extent, ExtentWanted, InstanceOnRecord } from './record-reader.ts';

const entriesAtOnce = 1000;
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
    const strayContents = await readRange<{ instance: string; seq: number }>(
      transaction,
      `select instance, seq from ledger.contents c where RANGE and not exists (
        select from ledger.entries e where e.instance = c.instance and e.seq = c.seq) order by instance, seq limit 1000`,
      range,
    );
    return work({
      instances: instances.map(({ columns, ...stored }): InstanceOnRecord => {
        return { ...stored, rows: { columns, ...(known.get(stored.id) ?? emptyLists()) } };
      }),
      next: isLast ? null : last,
      strays,
      strayContents,
      entries: () => readEntryPages(transaction, range),
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
  const select = `select ${storedInstanceColumns}, i.status, to_json(i.states) as states, i.initiator from ledger.instances i`;
  type Found = StoredInstance & Pick<Columns, 'status' | 'states' | 'initiator'>;
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
  return rows.map(({ status, states, initiator, ...stored }) => {
    const { definition, process, startedAt, updatedAt } = stored;
    return { ...stored, columns: { definition, process, initiator, status, states, startedAt, updatedAt } };
  });
}

type ListName = keyof Omit<RowsBeside, 'columns'>;
type Lists = { [list in ListName]: Row[] };

const listNames: readonly ListName[] = ['gates', 'requests', 'timers', 'fields'];
const emptyLists = (): Lists => ({ gates: [], requests: [], timers: [], fields: [] });
const tables = {
  gates: 'gates',
  requests: 'proposal_requests',
  timers: 'timers',
  fields: 'instance_fields',
} as const;

const lists: { readonly [list in ListName]: string } = {
  gates: `select instance, state as name, encode(definition, 'hex') as definition, opened,
    ${instant('opened_at')} as "openedAt" from ledger.gates where RANGE`,
  requests: `select instance, state as name, encode(definition, 'hex') as definition, opened, decision,
    ${instant('requested_at')} as "requestedAt" from ledger.proposal_requests where RANGE`,
  timers: `select instance, timer as name, set, ${instant('due_at')} as "dueAt" from ledger.timers where RANGE`,
  fields: 'select instance, field as name, process, value from ledger.instance_fields where RANGE',
};

async function readRange<T extends object>(
  sql: TransactionSql,
  statement: string,
  { where, parameters }: Range,
): Promise<readonly T[]> {
  return reachDatabase(sql.unsafe<T[]>(statement.replace('RANGE', where), [...parameters]));
}

/** The next page is on its way while the one before is looked at. */
async function* readEntryPages(
  sql: TransactionSql,
  { where, parameters }: Range,
): AsyncGenerator<readonly StoredEntry[]> {
  // Joined from the left: an entry whose content is gone is still an entry.
  const statement = `select ${entryColumns} from ledger.entries e
    left join ledger.contents c on c.instance = e.instance and c.seq = e.seq
    where ${where.replaceAll('instance', 'e.instance')} and (e.instance, e.seq) > ($3::uuid, $4::int)
    order by e.instance, e.seq limit ${entriesAtOnce}`;
  const read = (instance: string, seq: number) => {
    const page = reachDatabase(sql.unsafe<StoredEntry[]>(statement, [...parameters, instance, seq]));
    // Whoever stops early leaves one page unread, and its failure concerns nobody.
    page.catch(() => undefined);
    return page;
  };
  let coming = read('00000000-0000-0000-0000-000000000000', -2147483648);
  for (;;) {
    const page = await coming;
    const last = page.at(-1);
    if (last === undefined) return;
    const isLast = page.length < entriesAtOnce;
    if (!isLast) coming = read(last.instance, last.seq);
    yield page;
    if (isLast) return;
  }
}
