/** Reads definitions that a running server has stored, by hash or as the one in force of a process. */
import type { Json, JsonObject } from '../schemas/json.ts';
import type { SourceFile } from './definition-files.ts';
import { Failure, Misuse } from './misuse.ts';
import { ask, request, type ServerAddress, ServerRefusal } from './server-client.ts';

/** A hash, or enough of its beginning to mean one definition only. */
const hashPattern = /^[0-9a-f]{8,64}$/;

export function isHash(text: string): boolean {
  return hashPattern.test(text);
}

export interface DeployedSource extends SourceFile {
  /** Which one it is, for people. */
  readonly about: string;
}

export async function readByHash(server: ServerAddress, hash: string): Promise<DeployedSource> {
  const found = (await listDefinitions(server)).filter((one) => one.hash.startsWith(hash));
  const [only, second] = found;
  if (only === undefined)
    throw new Failure(`${server.url} has no definition whose hash begins with ${hash}. Check the hash.`);
  if (second !== undefined) throw new Misuse(`${hash} begins several hashes. Give more of it.`);
  return readSource(server, only);
}

/** The one that new instances of the process get. */
export async function readInForce(server: ServerAddress, process: string): Promise<DeployedSource> {
  const found = (await listDefinitions(server)).find((one) => one.process === process && one.current);
  if (found === undefined)
    throw new Failure(
      `No definition of "${process}" is deployed at ${server.url}. There is nothing to compare with.`,
    );
  return readSource(server, found);
}

interface Listed {
  readonly hash: string;
  readonly process: string;
  readonly version: string;
  readonly current: boolean;
  readonly deployedAt: string;
  readonly deployedBy: string;
}

async function listDefinitions(server: ServerAddress): Promise<readonly Listed[]> {
  const { items } = await request(server, '/v1/definitions');
  return (Array.isArray(items) ? items : []).flatMap(toListed);
}

function toListed(item: Json): Listed[] {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return [];
  const text = (member: string) => String((item as JsonObject)[member] ?? '');
  const current = (item as JsonObject).current === true;
  const [hash, process, version] = [text('hash'), text('process'), text('version')];
  return [
    { hash, process, version, current, deployedAt: text('deployedAt'), deployedBy: text('deployedBy') },
  ];
}

/** Places in it are told as `deployed:HASH:LINE:COLUMN`. */
async function readSource(server: ServerAddress, listed: Listed): Promise<DeployedSource> {
  const { hash, process, version, deployedAt, deployedBy } = listed;
  const { status, text, body } = await ask(server, `/v1/definitions/${hash}/source`);
  if (status >= 400) throw new ServerRefusal(status, body);
  const about = `${process} ${version}, deployed on ${deployedAt.slice(0, 10)} by ${deployedBy}, ${hash}`;
  return { file: `deployed:${hash.slice(0, 12)}`, source: text, about };
}
