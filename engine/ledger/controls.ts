/** The stop switch as it is kept: what stands, what was lifted, and the three functions that change it. */
import type { Sql, TransactionSql } from 'postgres';
import type { ControlScope } from '../oversight/controls.ts';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import type { ControlToSet, LiftRefusal, Shown, StoredControl } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

interface Row extends Omit<StoredControl, 'scope' | 'asked' | 'lifted'> {
  readonly scope: ControlScope['kind'];
  readonly process: string;
  readonly decision: string;
  readonly state: string;
  readonly agent: string;
  readonly instance: string;
  readonly askedBy: string | null;
  readonly askedPerson: string;
  readonly askedAt: string;
  readonly askedReason: string;
  readonly liftedBy: string | null;
  readonly liftedAt: string;
}

/** Those that stand first; `andLifted` says how many of the others, newest first, and null is all of them. */
export async function loadControls(
  sql: Sql | TransactionSql,
  andLifted: number | null = 0,
): Promise<readonly StoredControl[]> {
  const standing = await read(sql, 'c.lifted_at is null order by c.set_at, c.id');
  if (andLifted === 0) return standing;
  const lifted = 'c.lifted_at is not null order by c.lifted_at desc, c.id limit $1::int';
  return [...standing, ...(await read(sql, lifted, [andLifted]))];
}

export async function setControl(
  sql: Sql,
  { id, scope, mode, drill, reason }: ControlToSet,
  { by, proof }: Shown,
): Promise<'unshown' | { readonly id: string; readonly isNew: boolean }> {
  const { process = null, decision = null, state = null, agent = null, instance = null } = columnsOf(scope);
  const [row] = await reachDatabase(
    sql<{ refusal: 'unshown' | null; id: string; isNew: boolean }[]>`
      select refusal, control as id, is_new as "isNew" from ledger.set_control(${id}::uuid, ${scope.kind}::text,
        ${process}::text, ${decision}::text, ${state}::text, ${agent}::text, ${instance}::uuid, ${mode}::text,
        ${drill}::boolean, ${reason}::text, ${by}::text, ${proof}::text)`,
  );
  if (row === undefined) throw new Error(`Control ${id} was set and is not there.`);
  return row.refusal ?? { id: row.id, isNew: row.isNew };
}

/** The first of two people asks. */
export async function askToLift(
  sql: Sql,
  control: string,
  reason: string,
  { by, proof }: Shown,
): Promise<LiftRefusal | null> {
  if (!isInstanceId(control)) return 'unknown';
  const [row] = await reachDatabase(
    sql<{ refusal: LiftRefusal | null }[]>`
      select ledger.ask_to_lift(${control}::uuid, ${reason}::text, ${by}::text, ${proof}::text) as refusal`,
  );
  return row?.refusal ?? null;
}

/** The second, another natural person, confirms. */
export async function liftControl(
  sql: Sql,
  control: string,
  { by, proof }: Shown,
): Promise<LiftRefusal | null> {
  if (!isInstanceId(control)) return 'unknown';
  const [row] = await reachDatabase(
    sql<{ refusal: LiftRefusal | null }[]>`
      select ledger.lift_control(${control}::uuid, ${by}::text, ${proof}::text) as refusal`,
  );
  return row?.refusal ?? null;
}

async function read(
  sql: Sql | TransactionSql,
  which: string,
  parameters: (number | null)[] = [],
): Promise<readonly StoredControl[]> {
  const rows = await reachDatabase(
    sql.unsafe<Row[]>(
      `select c.id, c.scope, c.process, c.decision, c.state, c.agent, c.instance, c.mode, c.drill, c.reason,
        c.set_by as "setBy", ${instant('c.set_at')} as "setAt", c.asked_by as "askedBy",
        c.asked_person as "askedPerson", ${instant('c.asked_at')} as "askedAt", c.asked_reason as "askedReason",
        c.lifted_by as "liftedBy", ${instant('c.lifted_at')} as "liftedAt"
       from ledger.controls c where ${which}`,
      parameters,
      { prepare: true },
    ),
  );
  return rows.map(toControl);
}

function toControl(row: Row): StoredControl {
  const { id, mode, drill, reason, setBy, setAt, askedBy, liftedBy } = row;
  return {
    id,
    scope: toScope(row),
    mode,
    drill,
    reason,
    setBy,
    setAt,
    asked:
      askedBy === null
        ? null
        : { by: askedBy, person: row.askedPerson, at: row.askedAt, reason: row.askedReason },
    lifted: liftedBy === null ? null : { by: liftedBy, at: row.liftedAt },
  };
}

function toScope({ scope: kind, process, decision, state, agent, instance }: Row): ControlScope {
  switch (kind) {
    case 'everything':
      return { kind };
    case 'process':
      return { kind, process };
    case 'decision':
      return { kind, process, decision };
    case 'step':
      return { kind, process, state };
    case 'agent':
      return { kind, agent };
    case 'instance':
      return { kind, instance };
  }
}

type ScopeColumns = Partial<
  Readonly<Record<'process' | 'decision' | 'state' | 'agent' | 'instance', string>>
>;

function columnsOf(scope: ControlScope): ScopeColumns {
  const { kind: _, ...columns } = scope;
  return columns;
}
