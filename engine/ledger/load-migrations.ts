/** The migrations of this program, from their files. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly file: string;
  readonly source: string;
  readonly sha256: string;
}

const folder = new URL('./migrations/', import.meta.url);

/** In order of their numbers, of which no two are the same. */
export async function loadMigrations(from: URL = folder): Promise<readonly Migration[]> {
  const files = (await readdir(from)).filter((file) => file.endsWith('.sql')).sort();
  const migrations = await Promise.all(files.map((file) => loadMigration(from, file)));
  const twice = migrations.find(({ number }, index) => migrations[index - 1]?.number === number);
  if (twice !== undefined) throw new Error(`Migration ${twice.file} has the number of the one before it.`);
  return migrations;
}

async function loadMigration(from: URL, file: string): Promise<Migration> {
  const [, number = '', name = ''] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
  if (number === '') throw new Error(`Migration ${file} is not called NUMBER-NAME.sql.`);
  const source = await readFile(new URL(file, from), 'utf8');
  return {
    number: Number(number),
    name,
    file,
    source,
    sha256: createHash('sha256').update(source).digest('hex'),
  };
}
