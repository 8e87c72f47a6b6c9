/** Finds instances by what is searchable. Who may see what was decided before and comes in as `visible`. */
import {
  and,
  arrayContains,
  DrizzleQueryError,
  desc,
  eq,
  exists,
  inArray,
  lt,
  or,
  type SQL,
  sql,
} from 'drizzle-orm';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import type { Sql } from 'postgres';
import type { Json } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { isInstanceId } from './instance-id.ts';
import type { InstanceFilter, InstanceSummary, Ledger } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';
import { instanceFields, instances } from './tables.ts';

/** Drizzle changes how its client reads dates: the client MUST be one that nothing else uses. */
export function toSearch(client: Sql): Ledger['searchInstances'] {
  const database = drizzle(client);
  return (filter) => searchInstances(database, filter);
}

/** The newest first. */
async function searchInstances(
  database: PostgresJsDatabase,
  filter: InstanceFilter,
): Promise<readonly InstanceSummary[]> {
  const rows = reachDatabase(
    unwrapped(
      database
        .select({
          id: instances.id,
          process: instances.process,
          definition: instances.definition,
          seq: instances.seq,
          status: instances.status,
          states: instances.states,
          startedAt: instances.startedAt,
          updatedAt: instances.updatedAt,
          indexed: indexedFields,
        })
        .from(instances)
        .where(and(...toConditions(database, filter)))
        .orderBy(desc(instances.id))
        .limit(filter.limit),
    ),
  );
  return rows;
}

/** Drizzle wraps what the driver threw, with the statement's parameters in the message: those are nobody's business. */
async function unwrapped<T>(query: PromiseLike<T>): Promise<T> {
  try {
    return await query;
  } catch (error) {
    throw error instanceof DrizzleQueryError ? (error.cause ?? error) : error;
  }
}

function toConditions(database: PostgresJsDatabase, filter: InstanceFilter): readonly SQL[] {
  const { definition, process, status, state, fields, visible, after } = filter;
  const conditions: (SQL | undefined)[] = [];
  if (definition !== undefined) conditions.push(eq(instances.definition, definition));
  if (process !== undefined) conditions.push(eq(instances.process, process));
  if (status !== undefined) conditions.push(eq(instances.status, status));
  if (state !== undefined) conditions.push(arrayContains(instances.states, [state]));
  if (after !== undefined) conditions.push(isInstanceId(after) ? lt(instances.id, after) : sql`false`);
  if (visible !== null) {
    conditions.push(
      or(
        inArray(instances.definition, [...visible.definitions]),
        eq(instances.initiator, visible.initiator),
        visible.ofUnit === null
          ? undefined
          : and(
              eq(instances.initiatorUnit, visible.ofUnit.unit),
              inArray(instances.definition, [...visible.ofUnit.definitions]),
            ),
      ),
    );
  }
  for (const [field, value] of Object.entries(fields ?? {})) {
    conditions.push(exists(fieldHolds(database, field, value)));
  }
  return conditions.filter((condition) => condition !== undefined);
}

function fieldHolds(database: PostgresJsDatabase, field: string, value: string) {
  const texts = asJsonTexts(value);
  return database
    .select({ one: sql`1` })
    .from(instanceFields)
    .where(
      and(
        eq(instanceFields.instance, instances.id),
        eq(instanceFields.process, instances.process),
        eq(instanceFields.field, field),
        // The index holds the beginning of a value only.
        inArray(
          sql`left(${instanceFields.value}, 200)`,
          texts.map((text) => [...text].slice(0, 200).join('')),
        ),
        inArray(instanceFields.value, [...texts]),
      ),
    );
}

/** A filter is text: `12` finds the text "12" and the number 12. */
function asJsonTexts(value: string): readonly string[] {
  const asText = canonicalJson(value);
  if (!/^(true|false|-?\d[\d.eE+-]*)$/.test(value)) return [asText];
  try {
    return [asText, canonicalJson(JSON.parse(value) as Json)];
  } catch {
    return [asText];
  }
}

const indexedFields = sql<InstanceSummary['indexed']>`(
  select coalesce(json_object_agg(f.field, f.value::json), '{}')
  from ledger.instance_fields f where f.instance = ${instances.id})`;
