/**
 * Fills the tables in README and docs that say what the code knows: members of the language, problems,
 * requests, settings. A table stands between `<!-- made:NAME -->` and `<!-- /made -->`.
 * Run by `npm run docs`; a test fails while a committed table is not current.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { problems } from '../api/problems.ts';
import { allRoutes } from '../api/routes/all-routes.ts';
import { serviceRoutes } from '../api/routes/service.ts';
import { settingNames } from '../engine/index.ts';
import { documentActions, documentTasks } from '../schemas/process-definition.ts';
import { membersTable, operationsTable } from './describe-members.ts';
import { readLintPages } from './lint-pages.ts';

const docs = import.meta.dirname;

/** Every page that may hold such a table. */
export const pages: readonly string[] = readdirSync(docs)
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(docs, name));

/** The page with every table as the code has it now. */
export function withCurrentTables(text: string): string {
  return text.replace(
    /(<!-- made:([a-z -]+) -->\n)[\s\S]*?(<!-- \/made -->)/g,
    (_whole, open: string, name: string, close: string) => `${open}${tableOf(name)}\n${close}`,
  );
}

function tableOf(name: string): string {
  const make = tables[name];
  if (make !== undefined) return make();
  if (name.startsWith('findings ')) return findingsTable(name.slice('findings '.length));
  return membersTable(name);
}

/** What lint finds, of one section: its pages say it. */
function findingsTable(group: string): string {
  const rows = readLintPages()
    .filter((page) => page.group.toLowerCase() === group)
    .map(({ code, severity, what }) => `| [\`${code}\`](lint/${code}.md) | ${severity} | ${what} |`);
  return ['| code | severity | what it is about |', '| --- | --- | --- |', ...rows].join('\n');
}

const tables: Readonly<Record<string, () => string>> = {
  'document actions': () => operationsTable(documentActions),
  'document tasks': () => operationsTable(documentTasks),
  problems() {
    const rows = Object.entries(problems).map(
      ([code, { status, meaning }]) => `| \`${code}\` | ${status} | ${meaning} |`,
    );
    return ['| code | HTTP | meaning |', '| --- | --- | --- |', ...rows].join('\n');
  },
  requests() {
    const rows = [
      ...allRoutes.map(({ method, path, summary, scope }) => ({
        method,
        path,
        summary,
        scope: scope ?? 'any key',
      })),
      {
        method: 'GET',
        path: '/v1/openapi.json',
        summary: 'This table for programs, as OpenAPI 3.1',
        scope: '',
      },
      ...serviceRoutes.map(({ method, path, summary }) => ({ method, path, summary, scope: '' })),
    ].map(
      ({ method, path, summary, scope }) => `| \`${method} ${path}\` | ${summary} | ${scope || 'no key'} |`,
    );
    return ['| request | what it does | scope |', '| --- | --- | --- |', ...rows].join('\n');
  },
  settings() {
    const rows = Object.entries(settingNames).map(([name, meaning]) => `| \`${name}\` | ${meaning} |`);
    return ['| setting | meaning (when left out) |', '| --- | --- |', ...rows].join('\n');
  },
};

if (import.meta.main) {
  for (const page of pages) {
    const text = readFileSync(page, 'utf8');
    writeFileSync(page, withCurrentTables(text));
  }
  console.log('The tables in docs are current.');
}
