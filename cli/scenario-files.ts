/** Finds scenario tests and the definitions they stand beside. It does not know what is in them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { readText, type SourceFile } from './definition-files.ts';
import { Misuse } from './misuse.ts';

export interface ScenarioFiles {
  /** Scenario files, NAME.test.yaml. */
  readonly tests: readonly SourceFile[];
  /** Definition files that were named, or lie in a folder that was named. */
  readonly definitions: readonly SourceFile[];
}

/** Takes scenario files, definitions (and with them the tests beside them), and folders of both. */
export function findScenarioFiles(paths: readonly string[]): ScenarioFiles {
  const tests = new Set<string>();
  const definitions = new Set<string>();
  for (const path of paths.flatMap(filesAt)) {
    if (isTest(path)) tests.add(path);
    else {
      definitions.add(path);
      const beside = testBeside(path);
      if (existsSync(beside)) tests.add(beside);
    }
  }
  const read = (files: ReadonlySet<string>) => [...files].map((file) => ({ file, source: readText(file) }));
  return { tests: read(tests), definitions: read(definitions) };
}

/** NAME.yaml -> NAME.test.yaml */
export function testBeside(definition: string): string {
  return definition.replace(/\.ya?ml$/, '.test.yaml');
}

/** Reads what a scenario file names, as seen from there; null for what is no file, or too large for any of ours. */
export function readBesideOf(file: string): (path: string) => SourceFile | null {
  return (path) => {
    const found = resolve(dirname(file), path);
    try {
      const { size } = statSync(found);
      if (!statSync(found).isFile() || size > largestFile) return null;
      return { file: shortest(found), source: readFileSync(found, 'utf8') };
    } catch {
      return null;
    }
  };
}

const largestFile = 16 * 1024 * 1024;

const isTest = (file: string) => /\.test\.ya?ml$/.test(file);

/** As whoever works here would type it. */
function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

function filesAt(path: string): string[] {
  if (!existsSync(path)) throw new Misuse(`There is no file or folder ${path}. Check the path.`);
  if (!statSync(path).isDirectory()) return [path];
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name) && !name.split(/[/\\]/).includes('node_modules'))
    .sort()
    .map((name) => join(path, name));
  if (files.length === 0) throw new Misuse(`The folder ${path} holds no .yaml file. Name another one.`);
  return files;
}
