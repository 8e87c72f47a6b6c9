/**
 * Restate on loopback, as it comes: the server with its durable defaults in a fresh folder, and the
 * service it calls, a virtual object with one handler that reads its state, flips the toggle and
 * writes the state. This process owns the server and takes it along when the parent goes.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http2';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { endpoint, type ObjectContext, object } from '@restatedev/restate-sdk';
import { firstToggle, flip, type Toggle } from './toggle.ts';

export interface RestateSetup {
  /** An empty folder for the server's data and log. */
  readonly folder: string;
  readonly ingressPort: number;
  readonly adminPort: number;
  readonly nodePort: number;
}

const setup = JSON.parse(process.argv[2] ?? '') as RestateSetup;

const toggle = object({
  name: 'toggle',
  handlers: {
    flip: async (context: ObjectContext): Promise<Toggle> => {
      const after = flip((await context.get<Toggle>('toggle')) ?? firstToggle);
      context.set('toggle', after);
      return after;
    },
  },
});

// Without a logger of ours the SDK writes two lines a call, which would slow it down.
const service = createServer(
  endpoint()
    .bind(toggle)
    .setLogger(() => {})
    .http2Handler(),
);
await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));

const { platform, arch } = process;
const server = spawn(
  createRequire(import.meta.url).resolve(`@restatedev/restate-server-${platform}-${arch}/bin/restate-server`),
  ['--base-dir', setup.folder, '--no-logo'],
  {
    stdio: ['ignore', 'ignore', 'inherit'],
    // Addresses, quiet and no reports to its makers. Durability stays as shipped: the log is synced to disk.
    env: {
      RESTATE_LISTEN_MODE: 'tcp',
      RESTATE_BIND_IP: '127.0.0.1',
      RESTATE_BIND_PORT: String(setup.nodePort),
      RESTATE_ADVERTISED_HOST: '127.0.0.1',
      RESTATE_INGRESS__BIND_PORT: String(setup.ingressPort),
      RESTATE_ADMIN__BIND_PORT: String(setup.adminPort),
      RESTATE_DISABLE_TELEMETRY: 'true',
      RESTATE_ADMIN__DISABLE_WEB_UI: 'true',
      RESTATE_LOG_FILTER: 'error,octocrab=off',
    },
  },
);
server.on('exit', () => process.exit(1));

// The parent closing the channel, or dying, ends the server too; its data is thrown away.
process.on('disconnect', () => server.kill('SIGKILL'));
// Ctrl-C reaches the whole group: only the parent decides when to end.
process.on('SIGINT', () => {});

await registerService(`http://127.0.0.1:${(service.address() as AddressInfo).port}`);
process.send?.('ready');

/** Tells the server where the service is, as soon as it listens; the first call through it must succeed. */
async function registerService(uri: string): Promise<void> {
  await retry(async () => {
    const answer = await fetch(`http://127.0.0.1:${setup.adminPort}/deployments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uri, force: true }),
    });
    if (!answer.ok) throw new Error(`Restate refused the service: ${await answer.text()}`);
  });
  await retry(async () => {
    const answer = await fetch(`http://127.0.0.1:${setup.ingressPort}/toggle/first/flip`, { method: 'POST' });
    if (!answer.ok) throw new Error(`Restate refused the first call: ${await answer.text()}`);
  });
}

async function retry(attempt: () => Promise<void>): Promise<void> {
  for (let left = 120; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
