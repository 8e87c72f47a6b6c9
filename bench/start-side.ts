/** How long `countersign start` takes until it serves, in a folder where its database was before. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { AtEnd } from './clean-up.ts';
import type { Side } from './rounds.ts';

const program = join(import.meta.dirname, '..', 'cli', 'countersign.js');

/** Milliseconds from the command to the line that says where it serves. The first start, which makes the database, is not counted. */
export async function prepareStartSide(folder: string, atEnd: AtEnd): Promise<Side> {
  const data = await mkdtemp(join(folder, 'started-'));
  await startTimeMs(data, atEnd);
  return {
    name: 'warm-start',
    measure: async () => ({ 'warm-start': await startTimeMs(data, atEnd) }),
  };
}

async function startTimeMs(data: string, atEnd: AtEnd): Promise<number> {
  const { DATABASE_URL: _elsewhere, ...environment } = process.env;
  const start = performance.now();
  const server = spawn(process.execPath, [program, 'start'], {
    env: { ...environment, COUNTERSIGN_DATA: data, PORT: '0', COUNTERSIGN_LOG: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  atEnd(() => void server.kill('SIGKILL'));
  const ended = once(server, 'exit');
  for await (const text of server.stdout) {
    if (!String(text).includes('http://')) continue;
    const tookMs = performance.now() - start;
    server.kill('SIGTERM');
    server.stdout.resume();
    await ended;
    return tookMs;
  }
  throw new Error('countersign start ended before it served.');
}
