/** The versions of what is measured, for a report. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function readOwnVersions(): { readonly [name: string]: string } {
  const root = join(import.meta.dirname, '..');
  const own = readVersion(join(root, 'package.json'));
  return {
    Countersign: own,
    Node: process.versions.node,
    XState: readVersion(join(root, 'node_modules', 'xstate', 'package.json')),
  };
}

function readVersion(file: string): string {
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
