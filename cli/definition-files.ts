/** Finds and reads the YAML files that a command was pointed at. It does not know what is in them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Misuse } from './misuse.ts';

export interface SourceFile {
  readonly file: string;
  readonly source: string;
}

/** Files as they are named, and of folders every .yaml and .yml inside that is no scenario test, in order. */
export function readDefinitionFiles(paths: readonly string[]): SourceFile[] {
  const files = new Set(paths.flatMap(filesAt));
  return [...files].map((file) => ({ file, source: readText(file) }));
}

/** Reads one file, or says in one sentence why it cannot be read. */
export function readText(file: string): string {
  if (!existsSync(file)) throw new Misuse(`There is no file ${file}. Check the path.`);
  if (statSync(file).isDirectory()) throw new Misuse(`${file} is a folder. Name a file in it.`);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Misuse(`${file} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}

function filesAt(path: string): string[] {
  if (!existsSync(path)) throw new Misuse(`There is no file or folder ${path}. Check the path.`);
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.test)\.ya?ml$/.test(name) && !name.split(/[/\\]/).includes('node_modules'))
    .sort()
    .map((name) => join(path, name));
  if (files.length === 0) throw new Misuse(`The folder ${path} holds no .yaml file. Name another one.`);
  return files;
}
