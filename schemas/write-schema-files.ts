/**
 * Writes the JSON Schema files that editors and other programs read, from the sources beside it.
 * Run by `npm run schemas`; a test fails while a committed file is not current.
 */
import { writeFileSync } from 'node:fs';
import type { TSchema } from 'typebox';
import { DirectoryFile } from './directory.ts';
import { Entry } from './entry.ts';
import { ProcessDefinition } from './process-definition.ts';
import { ScenarioFile } from './scenario.ts';
import { StateMapFile } from './state-map.ts';

/** File name, beside this file, and the schema it holds. */
export const schemaFiles: ReadonlyMap<string, TSchema> = new Map<string, TSchema>([
  ['process.schema.json', ProcessDefinition],
  ['entry.schema.json', Entry],
  ['directory.schema.json', DirectoryFile],
  ['scenario.schema.json', ScenarioFile],
  ['state-map.schema.json', StateMapFile],
]);

/** The text of a schema file: plain JSON, with `$schema` first as editors expect. */
export function schemaFileText(schema: TSchema): string {
  const document = { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema };
  return `${JSON.stringify(document, null, 2)}\n`;
}

if (import.meta.main) {
  for (const [name, schema] of schemaFiles) {
    writeFileSync(new URL(name, import.meta.url), schemaFileText(schema));
    console.log(`schemas/${name} is current.`);
  }
}
