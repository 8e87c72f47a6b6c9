/** The shipped processes and the demonstration directory, for tests that look at what is written in them. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CompiledProcess } from '../../engine/definition/compiled-process.ts';
import { type Directory, toDirectory } from '../../engine/oversight/directory.ts';
import { readDirectory } from '../../engine/oversight/read-directory.ts';
import { lintDefinition } from '../../engine/verify/lint-definition.ts';

const root = resolve(import.meta.dirname, '../..');

export function loadProcess(name: string) {
  const file = `processes/${name}.yaml`;
  return lintDefinition(readFileSync(join(root, file), 'utf8'), file);
}

export function compiledProcess(name: string): CompiledProcess {
  const { process, findings } = loadProcess(name);
  if (process === null) throw new Error(JSON.stringify(findings, null, 2));
  return process;
}

export const directory: Directory = loadDirectory();

function loadDirectory(): Directory {
  const read = readDirectory(readFileSync(join(root, 'demo/directory.yaml'), 'utf8'), 'demo/directory.yaml');
  if (read.kind === 'refused') throw new Error(JSON.stringify(read.findings));
  return toDirectory(read, 1);
}
