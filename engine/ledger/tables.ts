/** The tables that dynamic queries read, for Drizzle. The migrations define them; this only names their columns. */
import { customType, integer, pgSchema, primaryKey, text, uuid } from 'drizzle-orm/pg-core';

const hexadecimal = customType<{ data: string; driverData: Buffer }>({
  dataType: () => 'bytea',
  toDriver: (value) => Buffer.from(value, 'hex'),
  fromDriver: (value) => value.toString('hex'),
});

/** ISO 8601, UTC, milliseconds, as entries write it. */
const instant = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamptz',
  fromDriver: (value) => new Date(value).toISOString(),
});

const ledger = pgSchema('ledger');

export const instances = ledger.table('instances', {
  id: uuid('id').primaryKey(),
  definition: hexadecimal('definition').notNull(),
  seq: integer('seq').notNull(),
  startedAt: instant('started_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
  status: text('status', { enum: ['active', 'done'] }).notNull(),
  process: text('process').notNull(),
  initiator: text('initiator').notNull(),
  initiatorUnit: text('initiator_unit'),
  states: text('states').array().notNull(),
});

export const instanceFields = ledger.table(
  'instance_fields',
  {
    instance: uuid('instance').notNull(),
    field: text('field').notNull(),
    process: text('process').notNull(),
    /** Canonical JSON text. */
    value: text('value').notNull(),
  },
  (table) => [primaryKey({ columns: [table.instance, table.field] })],
);
