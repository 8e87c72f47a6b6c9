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

/** In order of their numbers, which count from 1 without a gap. */
export async function loadMigrations(from: URL = folder): Promise<readonly Migration[]> {
  const files = (await readdir(from)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(files.map((file, index) => loadMigration(from, file, index + 1)));
}

async function loadMigration(from: URL, file: string, expected: number): Promise<Migration> {
  const [, number = '', name = ''] = /^(\d{4})-([a-z0-9-]+)\.sql$/.exec(file) ?? [];
  if (Number(number) !== expected)
    throw new Error(`Migration ${file} is not number ${expected}: the numbers have no gaps.`);
  const source = await readFile(new URL(file, from), 'utf8');
  return { number: expected, name, file, source, sha256: createHash('sha256').update(source).digest('hex') };
}
