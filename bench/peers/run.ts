/**
 * `npm run bench:peers`: Countersign beside DBOS and Restate, in one run on one machine. Installs
 * the peers into this folder first where they are missing. Everything listens on loopback or a Unix
 * socket only, every load is bounded in time and count, and whatever was started is ended.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createDatabaseBeside, openBenchPlace, readServerFacts } from '../bench-database.ts';
import { type BenchOptions, checkBenchOptions } from '../bench-options.ts';
import { type BenchReport, type Measured, toJson, toResults, toTable } from '../bench-report.ts';
import { type AtEnd, Interrupted, withCleanUp } from '../clean-up.ts';
import { toDurableSide } from '../durable-side.ts';
import { prepareDurableSides } from '../engine-sides.ts';
import { dealRequests, toHttpSide } from '../load/http-side.ts';
import { readMachine } from '../machine.ts';
import { readOwnVersions } from '../own-versions.ts';
import { measureInRounds, type Side } from '../rounds.ts';
import { openToggleEngine, type ToggleEngine } from '../toggle-engine.ts';
import { serveToggle } from '../toggle-server.ts';
import { startDbos } from './dbos.ts';
import { startRestate } from './restate.ts';

const here = import.meta.dirname;
/** Over HTTP, and the lower of the two in process: DBOS was at its best with it. */
const concurrency = 64;
/** The higher of the two in process, as `npm run bench` has it. */
const highConcurrency = 512;
const instances = highConcurrency * 4;
const rounds = 5;
const maxRequests = 2_000_000;

const progress = (sentence: string) => console.error(sentence);

/** What this can measure, and what each is compared with. */
const comparisons: readonly { name: string; unit: string; against?: string }[] = [
  { name: 'durable-transitions', unit: 'steps/s', against: 'dbos-steps' },
  { name: 'dbos-steps', unit: 'steps/s' },
  { name: 'sql-floor', unit: 'steps/s', against: 'dbos-steps' },
  { name: 'durable-transitions-64', unit: 'steps/s', against: 'dbos-steps-64' },
  { name: 'dbos-steps-64', unit: 'steps/s' },
  ...['', '-keyed'].flatMap((keyed) =>
    [
      ['', 'requests/s'],
      ['-p50', 'ms'],
      ['-p99', 'ms'],
    ].flatMap(([part = '', unit = '']) => [
      { name: `http-events${keyed}${part}`, unit, against: `restate-calls${keyed}${part}` },
      { name: `restate-calls${keyed}${part}`, unit },
    ]),
  ),
];

const notes = [
  'Unit of work: one flip of three states in a loop, with a guard and a counter in a small context.',
  'Countersign runs it from YAML with every promise on; the peers run it as a plain function.',
  `In process ${highConcurrency} units are under way at any time, "-64" says ${concurrency}; over HTTP one on each of ${concurrency} connections.`,
  'The SQL floor writes the rows of a transition and does nothing else: what any engine with this record could reach at most.',
  'DBOS: workflows of 50 steps on the same PostgreSQL server, with its default pool of 10 connections, which was its best.',
  'Restate: its server with its durable defaults, one virtual object handler (get state, set state), HTTP ingress, no authentication.',
  'Countersign over HTTP checks a bearer key on every request. "keyed" sends a fresh Idempotency-Key with every request, to both.',
];

async function main(): Promise<number> {
  const options = readOptions();
  if ('problem' in options) {
    console.error(options.problem);
    return 2;
  }
  try {
    await installPeers();
    const report = await withCleanUp((atEnd, signal) => measurePeers(options, atEnd, signal));
    process.stdout.write(options.format === 'json' ? toJson(report) : toTable(report));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof Interrupted ? 130 : 1;
  }
}

function readOptions(): BenchOptions | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      options: { format: { type: 'string' }, seconds: { type: 'string' }, only: { type: 'string' } },
    });
    return checkBenchOptions(
      values,
      comparisons.map(({ name }) => name),
    );
  } catch (error) {
    return { problem: error instanceof Error ? error.message : 'The options cannot be read.' };
  }
}

async function measurePeers(options: BenchOptions, atEnd: AtEnd, signal: AbortSignal): Promise<BenchReport> {
  const place = await openBenchPlace(atEnd);
  const toggles = await openToggleEngine(place, instances, progress, atEnd);
  const server = await readServerFacts(toggles.address);
  const wants = toWants(options.only);
  const groups = [
    ...(wants('durable-transitions', 'dbos-steps', 'sql-floor')
      ? [await startStepSides(toggles, options.seconds, atEnd)]
      : []),
    ...(wants('http-events', 'restate-calls') ? [await startHttpSides(toggles, place.folder, atEnd)] : []),
  ];
  const values = new Map<string, readonly number[]>();
  for (const sides of groups) {
    const found = await measureInRounds(sides, { rounds, seconds: options.seconds, progress, signal });
    for (const [name, readings] of found) values.set(name, readings);
  }
  const measured = comparisons.flatMap((comparison): Measured[] => {
    const found = values.get(comparison.name);
    return found === undefined ? [] : [{ ...comparison, rounds: found }];
  });
  return {
    title: 'Countersign and its peers, measured in turn on one machine',
    machine: readMachine(),
    versions: { ...readOwnVersions(), PostgreSQL: server.version, ...readPeerVersions() },
    ...toResults(measured),
    notes: [...notes, `PostgreSQL: ${server.durability}.`],
  };
}

/** Whether any result of these groups was asked for. */
function toWants(only: readonly string[]): (...groups: readonly string[]) => boolean {
  return (...groups) =>
    only.length === 0 || only.some((name) => groups.some((group) => name.startsWith(group)));
}

/** Both on one PostgreSQL server, each in a database of its own. */
async function startStepSides(toggles: ToggleEngine, secondsARound: number, atEnd: AtEnd): Promise<Side[]> {
  progress('starting DBOS on the same PostgreSQL server');
  const databaseUrl = await createDatabaseBeside(toggles.address, atEnd);
  const concurrencies = { 'dbos-steps': highConcurrency, 'dbos-steps-64': concurrency };
  return [
    ...(await prepareDurableSides(toggles, highConcurrency, secondsARound, atEnd)),
    toDurableSide(toggles, concurrency, 'durable-transitions-64'),
    ...(await startDbos(databaseUrl, concurrencies, atEnd)),
  ];
}

async function startHttpSides(toggles: ToggleEngine, folder: string, atEnd: AtEnd): Promise<Side[]> {
  progress('starting Restate');
  const restate = await startRestate(folder, atEnd);
  const calls = toggles.instances.map((_, index) => restate.toRequest(`toggle-${index}`));
  const server = await serveToggle(toggles, atEnd);
  return [false, true].flatMap((idempotencyKeys) => {
    const keyed = idempotencyKeys ? '-keyed' : '';
    return [
      toHttpSide({
        ...server,
        name: `http-events${keyed}`,
        connections: dealRequests(server.requests, concurrency),
        idempotencyKeys,
        maxRequests,
      }),
      toHttpSide({
        ...restate,
        name: `restate-calls${keyed}`,
        connections: dealRequests(calls, concurrency),
        idempotencyKeys,
        maxRequests,
      }),
    ];
  });
}

/** `npm ci` in this folder, once. No install script of any peer runs. */
async function installPeers(): Promise<void> {
  // npm writes this file last, so an install that was cut short is done again.
  if (existsSync(join(here, 'node_modules', '.package-lock.json'))) return;
  console.error('installing the peers into bench/peers (npm ci)');
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(npm, 'exit');
  if (code !== 0) throw new Error('The peers could not be installed: npm ci failed in bench/peers.');
}

function readPeerVersions(): { readonly [name: string]: string } {
  const { dependencies } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as {
    dependencies: { [name: string]: string };
  };
  return {
    DBOS: dependencies['@dbos-inc/dbos-sdk'] ?? '',
    'Restate server': dependencies['@restatedev/restate-server'] ?? '',
    'Restate SDK': dependencies['@restatedev/restate-sdk'] ?? '',
  };
}

// An interrupted measurement may still be under way; nothing of it is worth waiting for.
process.exit(await main());
