/** Moving running instances to another definition: looked at first, then done by naming them. */
import type { InstanceMigration } from '../../engine/index.ts';
import { pageSize } from '../../schemas/api/common.ts';
import { Migration, MigrationBody } from '../../schemas/api/migrations.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { type Route, reply, route } from '../route.ts';

export const migrationRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/migrations',
    operation: 'migrateInstances',
    tag: 'Definitions',
    summary: 'Migrate instances to another definition',
    description:
      'Without `dryRun: false` nothing is changed, and the answer says of each instance what would become of it. Each is moved by one entry on its record, whole or not at all, whatever becomes of the others. No migration approves anything, ends anything, or carries a live proposal past its gate.',
    scope: 'migrate',
    body: { kind: 'json', schema: MigrationBody },
    idempotent: true,
    success: { status: 200, schema: Migration, description: 'What becomes of each instance.' },
    refuses: ['not-allowed', 'bad-input', 'reason-required', 'definition-unknown', 'definition-refused'],
    async handle({ engine, caller, body, idempotency }) {
      const { from, to, map = {}, dryRun = true, instances, reason, cursor, limit } = body;
      const answer = await engine.migrate(
        caller,
        {
          from,
          to,
          map,
          dryRun,
          instances: instances ?? null,
          reason: reason ?? null,
          cursor: fromCursor(cursor) ?? null,
          limit: limit ?? pageSize.usual,
        },
        idempotency,
      );
      if (answer.kind === 'refusal') return answer;
      const { items, next } = answer.value;
      return reply({ dryRun, from, to, items: items.map(itemOf), next: toCursor(next) });
    },
  }),
];

function itemOf({ refusal, ...rest }: InstanceMigration) {
  if (refusal === null) return { ...rest, blocked: null };
  const { code, message, next, issues = [] } = refusal;
  return { ...rest, blocked: { code, message, next, issues } };
}
