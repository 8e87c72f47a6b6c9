/** A server in a data folder of its own, started and ended as its users do. */
import { join } from 'node:path';
import { type RunningCli, startCli } from './run-cli.ts';
import { runHere } from './run-here.ts';

export function environment(folder: string, port = 0): { readonly [name: string]: string } {
  return { PORT: String(port), COUNTERSIGN_DATA: join(folder, 'data'), COUNTERSIGN_LOG: 'silent' };
}

export interface TestServer {
  readonly cli: RunningCli;
  readonly url: string;
}

const running = new Set<RunningCli>();

export async function startServer(folder: string, port = 0): Promise<TestServer> {
  const cli = startCli(['start'], { env: environment(folder, port) });
  running.add(cli);
  const [, url] = await cli.until(/^Countersign is ready at (http:\/\/127\.0\.0\.1:\d+)$/m);
  return { cli, url: url ?? '' };
}

/** Ends whatever a test left running. */
export async function endServers(): Promise<void> {
  for (const cli of running) {
    cli.child.kill('SIGTERM');
    await cli.ended;
  }
  running.clear();
}

export async function verifyJson(folder: string) {
  const { code, stdout } = await runHere(['verify', '--format', 'json'], { env: environment(folder) });
  const report = JSON.parse(stdout) as { ok: boolean; entries: number; problems: Record<string, unknown>[] };
  return { code, report };
}
