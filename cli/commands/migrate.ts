/** `countersign migrate`: moves running instances to another definition, after saying what keeps which of them. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { StateMap } from '../../engine/index.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { readText } from '../definition-files.ts';
import { isHash, readByHash } from '../deployed-definition.ts';
import { formatOption } from '../format-option.ts';
import { type MigratedInstance, type MigrationReport, printReport } from '../migration-report.ts';
import { Misuse } from '../misuse.ts';
import { printFindings } from '../print-findings.ts';
import { ask, type ServerAddress, ServerRefusal } from '../server-client.ts';
import { type NamedSide, suggestMap } from '../suggest-map.ts';
import { printJson } from '../terminal.ts';

interface MigrateOptions extends ConnectionOptions {
  readonly format: string;
  readonly map?: string;
  readonly suggest?: string | true;
  readonly apply?: true;
  readonly dryRun?: true;
  readonly reason?: string;
  readonly instance?: readonly string[];
}

const instancesAtOnce = 200;

export function migrateCommand(): Command {
  const command = new Command('migrate')
    .summary('move running instances to another definition')
    .description(
      'Says of each running instance whether it can go on under another definition of its process, ' +
        'and what keeps it if not; with --apply moves those that can. An instance otherwise stays on ' +
        'the definition it started with.',
    )
    .argument('<from>', 'the definition they are on: its file, or the hash of the deployed one')
    .argument('<to>', 'the definition they go to: its file, or the hash of the deployed one')
    .option('--map <file>', 'where states go that do not keep their name')
    .option('--suggest [file]', 'write such a map to a new file, or to the terminal, and do nothing else')
    .option('--dry-run', 'change nothing; this is what happens without --apply')
    .option('--apply', 'move the instances that can be moved')
    .option('--reason <text>', 'why, for the record; needed with --apply')
    .option('--instance <id...>', 'only these')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ countersign migrate before.yaml after.yaml --suggest map.yaml
  $ countersign migrate before.yaml after.yaml --map map.yaml
  $ countersign migrate before.yaml after.yaml --map map.yaml --apply --reason "Decision 12/2026"

The key must belong to a person with the role process-operator, and be good for migrate; a definition
named by its hash, or eight characters of it or more, is read with it too. Deploy the second one first.
Each instance is moved by one entry on its record, whole or not at all. Stopped half-way, the same command
goes on where it stopped.
JSON: {from, to, dryRun, counts, instances: [{instance, outcome, seq, from, to, voids, blocked}]}.
With --suggest: {from, to, states: [{state, goesTo, why}], newParts}.
Exit code: 0 when nothing is blocked, 1 when something is, 2 for misuse.`,
    )
    .action(async (from: string, to: string, options: MigrateOptions) => {
      checkOptions(options);
      const [a, b] = [await readSide(from, options), await readSide(to, options)];
      if (options.suggest !== undefined) {
        await suggestMap(a, b, options.suggest === true ? null : options.suggest, options.format);
        return;
      }
      const hashes = { from: a.hash, to: b.hash };
      const address = toAddress(options);
      const map = options.map === undefined ? {} : await readMap(options.map, hashes);
      const report = await migrate(address, hashes, map, options);
      if (options.format === 'json') printJson(report);
      else printReport(report);
      if (report.counts.blocked > 0) process.exitCode = 1;
    });
}

function checkOptions({ apply, dryRun, reason, suggest: wanted, map }: MigrateOptions): void {
  if (apply && dryRun) throw new Misuse('Say --apply or --dry-run, not both.');
  if (apply && (reason ?? '').trim() === '')
    throw new Misuse('A migration needs a reason for the record: give it with --reason.');
  if (wanted !== undefined && (apply || map !== undefined))
    throw new Misuse('--suggest only writes a map. Fill it in, and give it with --map.');
}

/** A file of that name comes first. The SHA-256 of the text is the definition's identity. */
async function readSide(name: string, options: ConnectionOptions): Promise<NamedSide> {
  const isFile = existsSync(name) || !isHash(name);
  const { file, source } = isFile
    ? { file: name, source: readText(name) }
    : await readByHash(toAddress(options), name);
  return { file, source, hash: createHash('sha256').update(source).digest('hex') };
}

async function readMap(
  file: string,
  hashes: { readonly from: string; readonly to: string },
): Promise<StateMap> {
  const { readStateMap } = await import('../../engine/index.ts');
  const read = readStateMap(readText(file), file);
  if (read.kind === 'refused') {
    printFindings(read.findings);
    throw new Misuse(`${file} is no state map. Mend what the findings name.`);
  }
  const { from = hashes.from, to = hashes.to, states } = read.content;
  if (from !== hashes.from || to !== hashes.to)
    throw new Misuse(
      `${file} is a map between other definitions than these two. Have another one suggested.`,
    );
  return states;
}

/** Page by page: first what would become of each, and then, if asked, what became of those that can go. */
async function migrate(
  address: ServerAddress,
  hashes: { readonly from: string; readonly to: string },
  map: StateMap,
  options: MigrateOptions,
): Promise<MigrationReport> {
  const dryRun = options.apply !== true;
  const instances: MigratedInstance[] = [];
  const chosen = options.instance === undefined ? null : chunks(options.instance);
  const send = (more: JsonObject, idempotencyKey?: string) =>
    post(address, { ...hashes, map, ...more } as JsonObject, idempotencyKey);
  let cursor: string | null = null;
  for (let page = 0; ; page += 1) {
    const wanted: JsonObject =
      chosen === null
        ? { limit: instancesAtOnce, ...(cursor === null ? {} : { cursor }) }
        : { instances: chosen[page] ?? [] };
    const looked = await send(wanted);
    const movable = looked.items
      .filter(({ outcome }) => outcome === 'would-move')
      .map(({ instance }) => instance);
    const moved =
      dryRun || movable.length === 0
        ? []
        : (await send({ dryRun: false, instances: movable, reason: options.reason ?? '' }, randomUUID()))
            .items;
    const done = new Map<string, MigratedInstance>(moved.map((item) => [item.instance, item]));
    instances.push(...looked.items.map((item) => done.get(item.instance) ?? item));
    cursor = looked.next;
    if (chosen === null ? cursor === null : page + 1 >= chosen.length) break;
    if (process.stderr.isTTY) process.stderr.write(`\r${instances.length} instances so far`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const count = (outcome: MigratedInstance['outcome']) =>
    instances.filter((one) => one.outcome === outcome).length;
  const counts = {
    'would-move': count('would-move'),
    moved: count('moved'),
    already: count('already'),
    blocked: count('blocked'),
  };
  return { ...hashes, dryRun, counts, instances };
}

interface Answered {
  readonly items: readonly MigratedInstance[];
  readonly next: string | null;
}

/** An answer that got lost is asked for again, with the same key: it has one effect. */
async function post(
  address: ServerAddress,
  body: JsonObject,
  idempotencyKey: string | undefined,
): Promise<Answered> {
  const sent = { method: 'POST', body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) } as const;
  let answer = await ask(address, '/v1/migrations', sent);
  if (answer.status === 503) answer = await ask(address, '/v1/migrations', sent);
  if (answer.status >= 400) throw new ServerRefusal(answer.status, answer.body);
  return answer.body as unknown as Answered;
}

function chunks(ids: readonly string[]): readonly (readonly string[])[] {
  const parts: (readonly string[])[] = [];
  for (let at = 0; at < ids.length; at += instancesAtOnce) parts.push(ids.slice(at, at + instancesAtOnce));
  return parts;
}
