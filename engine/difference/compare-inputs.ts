/** What a change does to the data that an event or a start takes. */
import type { Json } from '../../schemas/json.ts';
import { compareSchemas, type SchemaChange } from './compare-schemas.ts';
import { capital, type Places } from './comparison.ts';
import type { DifferenceList } from './difference.ts';

/** Without a schema, no data is taken. */
const noData: Json = { type: 'object', additionalProperties: false };

export function compareInputs(
  list: DifferenceList,
  name: string,
  before: unknown,
  after: unknown,
  places: Places,
): void {
  const changes = compareSchemas((before ?? noData) as Json, (after ?? noData) as Json);
  for (const change of changes) {
    const code = codes[change.kind];
    list.add(code, `${capital(name)} ${tellSchemaChange(change)}.`, places.a, places.b);
  }
}

const codes = {
  added: 'input-field-added',
  removed: 'input-field-removed',
  required: 'input-required',
  optional: 'input-optional',
  wider: 'input-widened',
  narrower: 'input-narrowed',
  changed: 'input-changed',
  words: 'description-changed',
} as const;

/** Says what is now taken; the thing that takes it stands before. */
export function tellSchemaChange({ kind, path, keyword }: SchemaChange): string {
  const what = path.length === 0 ? 'its data' : `"${path.join('.')}"`;
  switch (kind) {
    case 'added':
      return `now takes ${what}`;
    case 'removed':
      return `no longer takes ${what}`;
    case 'required':
      return `now requires ${what}`;
    case 'optional':
      return `no longer requires ${what}`;
    case 'wider':
      return `takes more values for ${what} than before (${keyword})`;
    case 'narrower':
      return `takes fewer values for ${what} than before (${keyword})`;
    case 'words':
      return `says something else about ${what} (${keyword})`;
    case 'changed':
      return `takes other values for ${what} than before (${keyword}); whether that is more cannot be decided`;
  }
}
