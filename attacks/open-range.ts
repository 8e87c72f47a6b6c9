/** Starts a server on a database of its own and brings in who and what is attacked. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServer } from '../cli/open-server.ts';
import { issueFirstKey, openRecord, readSettings } from '../engine/index.ts';
import { crowdOfReviewers } from './in-a-crowd.ts';
import { Range } from './range.ts';

export interface OpenRange {
  readonly range: Range;
  close(): Promise<void>;
}

const administrator = 'person:keys';

export async function openRange(report: (sentence: string) => void): Promise<OpenRange> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-attacks-'));
  const directoryFile = join(folder, 'directory.yaml');
  writeFileSync(
    directoryFile,
    readFileSync(join(import.meta.dirname, 'directory.yaml'), 'utf8') + crowdOfReviewers,
  );
  const defaults = readSettings({});
  if (defaults.kind === 'problem') throw new Error(defaults.sentence);
  const settings = {
    ...defaults,
    dataFolder: join(folder, 'data'),
    directoryFile,
    processesFolder: null,
    port: 0,
  };
  const server = await openServer(settings, { log: 'silent', report });
  const close = async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const secret = await firstKey(settings.dataFolder, report);
    const range = new Range(server.url, { principal: administrator, secret });
    await range.deploy('letter.yaml');
    await range.deploy('crowd.yaml');
    return { range, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function firstKey(dataFolder: string, report: (sentence: string) => void): Promise<string> {
  const record = await openRecord({ databaseUrl: null, dataFolder, report });
  try {
    const answer = await issueFirstKey(record.ledger, administrator);
    if (answer.kind === 'refusal') throw new Error(answer.message);
    return answer.value.secret;
  } finally {
    await record.close();
  }
}
