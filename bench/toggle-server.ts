/** The toggle engine behind its real HTTP server, and the requests that flip its instances. */
import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import { createApp } from '../api/create-app.ts';
import { openLog } from '../api/log.ts';
import { serve } from '../api/serve.ts';
import type { AtEnd } from './clean-up.ts';
import type { LoadRequest } from './load/http-load.ts';
import type { ToggleEngine } from './toggle-engine.ts';

export interface ToggleServer {
  readonly host: string;
  readonly port: number;
  /** One event for each instance, with the bearer key. */
  readonly requests: readonly LoadRequest[];
}

export async function serveToggle(
  { engine, secret, instances }: ToggleEngine,
  atEnd: AtEnd,
): Promise<ToggleServer> {
  const host = '127.0.0.1';
  // It logs a line a request, as it always does; nobody is to read these.
  const log = openLog({ fd: openSync(devNull, 'w') });
  const serving = await serve(createApp(engine, { log }), { host, port: 0, graceMs: 1000 });
  atEnd(() => serving.close());
  return {
    host,
    port: Number(new URL(serving.url).port),
    requests: instances.map((instance) => ({
      method: 'POST',
      path: `/v1/instances/${instance}/events`,
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: '{"type":"flip"}',
    })),
  };
}
