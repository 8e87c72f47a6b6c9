/** `countersign migrate --suggest`: writes a state map between two definitions, for a person to look over and fill in. */
import { existsSync, writeFileSync } from 'node:fs';
import type { SourceFile } from './definition-files.ts';
import { Misuse } from './misuse.ts';
import { count, printFindings } from './print-findings.ts';
import { printJson } from './terminal.ts';

/** A definition as it was named: a file, or a hash on the server. */
export interface NamedSide extends SourceFile {
  readonly hash: string;
}

/** `file` is null for the terminal. What a person wrote is never overwritten. */
export async function suggestMap(
  from: NamedSide,
  to: NamedSide,
  file: string | null,
  format: string,
): Promise<void> {
  if (file !== null && existsSync(file))
    throw new Misuse(`${file} is there already. Name a new file, or remove that one.`);
  const { suggestStateMap, writeStateMap } = await import('../engine/index.ts');
  const suggested = suggestStateMap(from, to);
  if (suggested.kind === 'refused') {
    if (format === 'json') printJson(suggested.findings);
    else printFindings(suggested.findings);
    process.exitCode = 1;
    return;
  }
  const hashes = { from: from.hash, to: to.hash };
  const text = writeStateMap(suggested, hashes);
  if (file !== null) writeNew(file, text);
  const { states, newParts } = suggested;
  if (format === 'json') printJson({ ...hashes, states, newParts });
  else if (file === null) process.stdout.write(text);
  else {
    const blank = states.filter(({ goesTo }) => goesTo === null).length;
    console.log(`${file}: ${count(states.length - blank, 'state')} filled in, ${blank} left blank for you.`);
  }
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new Misuse(`${file} cannot be written: ${error instanceof Error ? error.message : error}.`);
  }
}
