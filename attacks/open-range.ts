/** Starts a server on a database of its own, with a provider to sign in at, and brings in who and what is attacked. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openServer } from '../cli/open-server.ts';
import { issueFirstKey, openRecord, readSettings, type Settings } from '../engine/index.ts';
import { apiAudience, client, openTestProvider } from '../test/support/identity-provider.ts';
import { crowdOfReviewers } from './in-a-crowd.ts';
import { Range } from './range.ts';

export interface OpenRange {
  readonly range: Range;
  close(): Promise<void>;
}

const administrator = 'person:keys';

export async function openRange(report: (sentence: string) => void): Promise<OpenRange> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-attacks-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const provider = await openTestProvider(origin);
  const closing = [async () => rmSync(folder, { recursive: true, force: true }), () => provider.close()];
  const close = async () => {
    for (const one of closing.toReversed()) await one();
  };
  try {
    const settings = settingsFor(folder, port, origin, provider.issuer);
    const server = await openServer(settings, { log: 'silent', report });
    closing.push(() => server.close());
    const secret = await firstKey(settings.dataFolder, report);
    const range = new Range(server.url, { principal: administrator, secret }, provider);
    await range.deploy('letter.yaml');
    await range.deploy('crowd.yaml');
    await range.deploy('signed.yaml');
    await range.deploy('choice.yaml');
    await range.deploy('ballot.yaml');
    return { range, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function settingsFor(folder: string, port: number, origin: string, issuer: string): Settings {
  const directoryFile = join(folder, 'directory.yaml');
  const people = readFileSync(join(import.meta.dirname, 'directory.yaml'), 'utf8');
  writeFileSync(directoryFile, people.replaceAll('http://127.0.0.1:1', issuer) + crowdOfReviewers);
  const settings = readSettings({
    PORT: String(port),
    COUNTERSIGN_DATA: join(folder, 'data'),
    COUNTERSIGN_DIRECTORY: directoryFile,
    COUNTERSIGN_ORIGIN: origin,
    COUNTERSIGN_OIDC_ISSUER: issuer,
    COUNTERSIGN_OIDC_CLIENT_ID: client.id,
    COUNTERSIGN_OIDC_CLIENT_SECRET: client.secret,
    COUNTERSIGN_OIDC_AUDIENCE: apiAudience,
  });
  if (settings.kind === 'problem') throw new Error(settings.sentence);
  return { ...settings, processesFolder: null };
}

/** The provider must know where the server will be before it is there. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
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
