/** The sides that need a whole engine: durable transitions, the floor under them, and events over HTTP. */
import type { AtEnd } from './clean-up.ts';
import { toDurableSide } from './durable-side.ts';
import { dealRequests, toHttpSide } from './load/http-side.ts';
import type { Side } from './rounds.ts';
import { prepareSqlFloor } from './sql-floor.ts';
import type { ToggleEngine } from './toggle-engine.ts';
import { serveToggle } from './toggle-server.ts';

const maxRequests = 2_000_000;

/** The engine in process, and the floor that repeats what the engine wrote. `secondsARound` is for the first recording. */
export async function prepareDurableSides(
  toggles: ToggleEngine,
  concurrency: number,
  secondsARound: number,
  atEnd: AtEnd,
): Promise<Side[]> {
  const durable = toDurableSide(toggles, concurrency);
  const floor = await prepareSqlFloor(toggles.address, atEnd);
  // In every other round the floor's turn comes first, so it is always one recording behind.
  await floor.recording(async () => durable.measure(secondsARound));
  return [
    { name: durable.name, measure: (seconds) => floor.recording(async () => durable.measure(seconds)) },
    floor.side,
  ];
}

/** The engine behind its HTTP server, once without and once with a fresh idempotency key a request. */
export async function prepareHttpSides(
  toggles: ToggleEngine,
  connections: number,
  atEnd: AtEnd,
): Promise<Side[]> {
  const { requests, host, port } = await serveToggle(toggles, atEnd);
  const target = { host, port, connections: dealRequests(requests, connections), maxRequests };
  return [
    toHttpSide({ ...target, name: 'http-events', idempotencyKeys: false }),
    toHttpSide({ ...target, name: 'http-events-keyed', idempotencyKeys: true }),
  ];
}
