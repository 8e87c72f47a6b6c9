/**
 * Everything an engine needs around it, from settings to a running engine: the database (embedded, or one that
 * is named), the ledger brought up to date, the directory, and in demonstration mode the demonstration.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type DatabaseAddress, fromDatabaseUrl } from '../ledger/database-address.ts';
import { engineAddress } from '../ledger/engine-address.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { migrate } from '../ledger/migrate.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { applyDirectoryFile } from './apply-directory-file.ts';
import { type Clock, systemClock } from './clock.ts';
import { endDemonstration, hasDemonstrationKeys, openDemonstrationKeys } from './demonstration-keys.ts';
import { deploySource } from './deploy-definition.ts';
import { keepEmbedded } from './embedded/keep-embedded.ts';
import type { Engine } from './engine-contract.ts';
import type { SessionRules } from './manage-sessions.ts';
import { openEngine } from './open-engine.ts';
import { runCalls, runTimers } from './run-timers.ts';
import { defaultAnswerHours } from './settings.ts';
import { StartProblem } from './start-problem.ts';
import { localStepUp, type StepUpSettings, toStepUp } from './step-up.ts';
import { AnswerSweep } from './sweep-answers.ts';
import { tuneMemory } from './tune-memory.ts';

export interface HouseOptions {
  /** An existing PostgreSQL 15 or newer; null for the embedded one. */
  readonly databaseUrl: string | null;
  /** Folder of the embedded database. */
  readonly dataFolder: string;
  /** YAML file of people, units and roles; null for the demonstration's, on the embedded database only. */
  readonly directoryFile: string | null;
  /** Folder of process definitions to deploy at start; null for the shipped ones, in demonstration mode only. */
  readonly processesFolder: string | null;
  /** How long the answer to an Idempotency-Key is kept, in hours. */
  readonly answerHours?: number;
  /** How long sessions last; null, as without it, when nobody signs in and there is no identity provider. */
  readonly sessions?: SessionRules | null;
  /** Told, in whole sentences, what takes longer than a moment. */
  readonly report: (sentence: string) => void;
  /** Another engine took the data folder over while this one had lost its database: this one should end. */
  readonly onGivenUp?: (sentence: string) => void;
  readonly stepUp?: StepUpSettings;
  readonly clock?: Clock;
  /** Private networks in which agents may be called. */
  readonly callbackNetworks?: readonly string[];
}

export interface House {
  readonly engine: Engine;
  readonly ledger: Ledger;
  /** The database as its administrator. */
  readonly address: DatabaseAddress;
  /** File of the demonstration's keys; null outside demonstration mode. */
  readonly demonstrationKeysFile: string | null;
  /** Tells a second engine on the same folder where this one serves. */
  announce(url: string): Promise<void>;
  close(): Promise<void>;
}

export async function openHouse(options: HouseOptions): Promise<House> {
  tuneMemory();
  const clock = options.clock ?? systemClock;
  const database = await openDatabase(options);
  try {
    await migrate(database.address);
    const ledger = await openLedger(engineAddress(database.address));
    const isDemonstration = await wantsDemonstration(options, ledger);
    const directoryFile = isDemonstration ? demonstrationDirectory : options.directoryFile;
    if (directoryFile !== null) await applyDirectoryFile(ledger, directoryFile, options.report);
    if (!isDemonstration && options.databaseUrl === null) await endDemonstration(ledger, options.dataFolder);
    const demonstrationKeysFile = isDemonstration
      ? await openDemonstrationKeys({ ledger, clock }, options.dataFolder)
      : null;
    const processesFolder = options.processesFolder ?? (isDemonstration ? shippedProcesses : null);
    if (processesFolder !== null) await deployFolder(ledger, processesFolder);
    const { sessions } = options;
    const stepUp = options.stepUp === undefined ? localStepUp : toStepUp(options.stepUp);
    // A file that cannot be read is told now, and not to the first person who shows a certificate.
    await stepUp.certificates().catch((error: unknown) => {
      throw new StartProblem(
        `The certificates to trust cannot be read: ${error instanceof Error ? error.message : error}`,
      );
    });
    const engine = openEngine({
      ledger,
      clock,
      stepUp,
      ...(sessions ? { sessions } : {}),
      callbackNetworks: options.callbackNetworks ?? [],
      report: options.report,
    });
    const sweep = new AnswerSweep(ledger, clock, (options.answerHours ?? defaultAnswerHours) * 3_600_000);
    const timers = runTimers(engine, options.report, sweep);
    const calls = runCalls(engine, options.report);
    return {
      engine,
      ledger,
      address: database.address,
      demonstrationKeysFile,
      announce: database.announce,
      async close() {
        await Promise.all([timers.stop(), calls.stop()]);
        await engine.close();
        await database.stop();
      },
    };
  } catch (error) {
    await database.stop();
    throw error;
  }
}

/**
 * Only on the embedded database, only where no directory is set, and never over a directory that somebody
 * stored in this folder before: made-up people must not take the place of real ones.
 */
async function wantsDemonstration(options: HouseOptions, ledger: Ledger): Promise<boolean> {
  if (options.databaseUrl !== null || options.directoryFile !== null) return false;
  const wasDemonstration = hasDemonstrationKeys(options.dataFolder);
  if (options.sessions) {
    // Made-up people must not be there to sign in as, nor their keys be honoured.
    if (wasDemonstration) throw new StartProblem(refuseDemonstration(options.dataFolder));
    return false;
  }
  if (wasDemonstration) return true;
  return (await ledger.loadDirectory()).principals.size === 0;
}

const refuseDemonstration = (folder: string) =>
  `There is a demonstration in ${folder}, and with an identity provider there must be none: set COUNTERSIGN_DIRECTORY to a directory of your own, or COUNTERSIGN_DATA to another folder.`;

const projectFolder = join(import.meta.dirname, '..', '..');
const demonstrationDirectory = join(projectFolder, 'demo', 'directory.yaml');
export const shippedProcesses = join(projectFolder, 'processes');

interface Database {
  readonly address: DatabaseAddress;
  announce(url: string): Promise<void>;
  stop(): Promise<void>;
}

async function openDatabase(options: HouseOptions): Promise<Database> {
  const { databaseUrl, dataFolder, report, onGivenUp = report } = options;
  if (databaseUrl === null) {
    return keepEmbedded(dataFolder, { report, onGivenUp: ({ message }) => onGivenUp(message) });
  }
  const nothingToDo = async () => undefined;
  return { address: fromDatabaseUrl(databaseUrl), announce: nothingToDo, stop: nothingToDo };
}

/** Deploys every definition in the folder. Those that are deployed already stay as they are. */
async function deployFolder(ledger: Ledger, folder: string): Promise<void> {
  const files = (await readdir(folder)).filter(
    (name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'),
  );
  for (const file of files.sort()) {
    const path = join(folder, file);
    const answer = await deploySource(
      { ledger },
      await readFile(path, 'utf8'),
      basename(path),
      'countersign',
    );
    if (answer.kind === 'done') continue;
    const first =
      'findings' in answer ? answer.findings.find(({ severity }) => severity === 'error') : undefined;
    const place = first === undefined ? '' : ` ${file}:${first.line}:${first.column} ${first.message}`;
    throw new StartProblem(`${path} cannot be deployed: ${answer.message}${place}`);
  }
}
