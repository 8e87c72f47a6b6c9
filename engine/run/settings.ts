/**
 * The settings of the server, read from its environment and checked before anything starts. A bad
 * one is one sentence: which setting, what was given, what is accepted. A mistyped one is refused
 * too, since a setting that is silently ignored does harm later.
 * Pure: it must not look at the disk or the network.
 */
import { isIP } from 'node:net';
import { nearestName } from '../definition/suggest-name.ts';
import { checkDatabaseUrl } from '../ledger/database-address.ts';
import { readNetworks } from './outside-addresses.ts';
import { readSignInSettings, type SignInSettings, signInSettingNames } from './sign-in-settings.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface Settings {
  readonly kind: 'settings';
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** A PostgreSQL 15 or newer; null starts the embedded one in `dataFolder`. */
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  /** A YAML file of people and units; null for the demonstration's. */
  readonly directoryFile: string | null;
  /** A folder of process definitions; null for those that are shipped. */
  readonly processesFolder: string | null;
  /** How long the answer to an Idempotency-Key is kept, in hours. */
  readonly answerHours: number;
  readonly logLevel: LogLevel;
  /** Private networks in which agents may be called. */
  readonly callbackNetworks: readonly string[];
  /** PEM files: the roots of certificates that people may show at a decision, and what their issuers revoked. */
  readonly certificateRootsFile: string | null;
  readonly certificateRevokedFile: string | null;
  /** Null when nobody signs in, and keys are all there is. */
  readonly signIn: SignInSettings | null;
}

/** Three days: a weekend in which a client could not reach anybody. */
export const defaultAnswerHours = 72;
const mostAnswerHours = 8760;

export interface SettingsProblem {
  readonly kind: 'problem';
  readonly setting: string;
  /** Safe to print: it never repeats what may hold a password. */
  readonly sentence: string;
}

/** Each setting with what it means, for help texts. */
export const settingNames = {
  PORT: 'the port to serve on (2727)',
  HOST: 'the address to serve on (127.0.0.1)',
  DATABASE_URL: 'a PostgreSQL 15 or newer to use instead of the embedded one',
  COUNTERSIGN_DATA: "the embedded database's folder (.countersign)",
  COUNTERSIGN_DIRECTORY: 'a YAML file of people and units',
  COUNTERSIGN_PROCESSES: 'a folder of process definitions to deploy at start',
  COUNTERSIGN_ANSWER_HOURS:
    'how many hours the answer to a request with an Idempotency-Key is kept, for when it comes again (72)',
  ...signInSettingNames,
  COUNTERSIGN_CALLBACK_NETWORKS:
    'private networks in which AI agents may be called, such as 10.20.0.0/16, with commas between them (none)',
  COUNTERSIGN_CERTIFICATE_ROOTS:
    'a PEM file of the roots whose certificates people may show at a decision (none)',
  COUNTERSIGN_CERTIFICATE_REVOKED:
    'a PEM file of the lists of revoked certificates of every issuer below them',
  COUNTERSIGN_LOG: `how much to log: ${logLevels.join(', ')} (info)`,
} as const;
export type SettingName = keyof typeof settingNames;

/** Belong to the commands that call a server; in the environment of a server they do no harm. */
const clientSettings = [
  'COUNTERSIGN_URL',
  'COUNTERSIGN_KEY',
  'COUNTERSIGN_SECOND_KEY',
  'COUNTERSIGN_ACTING_KEY',
];

export type Environment = Readonly<Record<string, string | undefined>>;

export function readSettings(environment: Environment): Settings | SettingsProblem {
  // An empty setting is an absent one: that is what a line like `PORT=` in a file of settings means.
  const given = (name: SettingName) => environment[name]?.trim() || null;
  const port = given('PORT') ?? '2727';
  const host = given('HOST') ?? '127.0.0.1';
  const databaseUrl = given('DATABASE_URL');
  const answerHours = given('COUNTERSIGN_ANSWER_HOURS') ?? String(defaultAnswerHours);
  const logLevel = given('COUNTERSIGN_LOG') ?? 'info';
  const networks = given('COUNTERSIGN_CALLBACK_NETWORKS');
  const callbackNetworks = networks === null ? [] : networks.split(',').map((one) => one.trim());
  const bad =
    findUnknown(environment) ??
    checkPort(port) ??
    checkHost(host) ??
    checkUrl(databaseUrl) ??
    checkAnswerHours(answerHours) ??
    checkNetworks(callbackNetworks);
  if (bad !== null) return bad;
  const signIn = readSignInSettings(environment);
  if (signIn?.kind === 'problem') return signIn;
  if (!isLogLevel(logLevel))
    return refuse('COUNTERSIGN_LOG', `is ${quoted(logLevel)}, but must be one of ${logLevels.join(', ')}`);
  return {
    kind: 'settings',
    port: Number(port),
    host,
    databaseUrl,
    dataFolder: given('COUNTERSIGN_DATA') ?? '.countersign',
    directoryFile: given('COUNTERSIGN_DIRECTORY'),
    processesFolder: given('COUNTERSIGN_PROCESSES'),
    answerHours: Number(answerHours),
    certificateRootsFile: given('COUNTERSIGN_CERTIFICATE_ROOTS'),
    certificateRevokedFile: given('COUNTERSIGN_CERTIFICATE_REVOKED'),
    logLevel,
    callbackNetworks,
    signIn,
  };
}

function findUnknown(environment: Environment): SettingsProblem | null {
  const known = [...Object.keys(settingNames), ...clientSettings];
  const unknown = Object.keys(environment).find(
    (name) => /^countersign_/i.test(name) && !known.includes(name),
  );
  if (unknown === undefined) return null;
  const nearest = nearestName(unknown, known);
  const ours = Object.keys(settingNames)
    .filter((name) => name.startsWith('COUNTERSIGN_'))
    .join(', ');
  return refuse(
    unknown,
    `is not a setting of Countersign; ${nearest === null ? `there are ${ours}` : `did you mean ${nearest}?`}`,
  );
}

function checkPort(text: string): SettingsProblem | null {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return null;
  return refuse(
    'PORT',
    `is ${quoted(text)}, but must be a whole number from 0 to 65535 (0 takes any free port)`,
  );
}

function checkHost(text: string): SettingsProblem | null {
  if (
    isIP(text) !== 0 ||
    (/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(text) &&
      !/^[\d.]+$/.test(text))
  )
    return null;
  return refuse(
    'HOST',
    `is ${quoted(text)}, but must be an IP address or a host name alone, such as 127.0.0.1 or localhost`,
  );
}

function checkUrl(text: string | null): SettingsProblem | null {
  if (text === null) return null;
  const checked = checkDatabaseUrl(text);
  return 'kind' in checked ? refuse('DATABASE_URL', `cannot be used: ${checked.why}`) : null;
}

/** The database keeps every answer for an hour at least; a year is as good as for ever. */
function checkAnswerHours(text: string): SettingsProblem | null {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= mostAnswerHours) return null;
  return refuse(
    'COUNTERSIGN_ANSWER_HOURS',
    `is ${quoted(text)}, but must be a whole number of hours from 1 to ${mostAnswerHours}`,
  );
}

function checkNetworks(texts: readonly string[]): SettingsProblem | null {
  if (readNetworks(texts) !== null) return null;
  return refuse(
    'COUNTERSIGN_CALLBACK_NETWORKS',
    `is ${quoted(texts.join(', '))}, but must be networks such as 10.20.0.0/16, with commas between them`,
  );
}

function isLogLevel(text: string): text is LogLevel {
  return (logLevels as readonly string[]).includes(text);
}

/** What was given, short and on one line, so that the sentence stays one. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}

function refuse(setting: string, what: string): SettingsProblem {
  return {
    kind: 'problem',
    setting,
    sentence: `The setting ${setting} ${what}${what.endsWith('?') ? '' : '.'}`,
  };
}
