/** `countersign demo`: plays the whole story over HTTP, verifies the record, and ends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Settings } from '../../engine/index.ts';
import { Narrator } from '../demo/narrator.ts';
import { playOutgoingDocument } from '../demo/play-outgoing-document.ts';
import { playPersonnelAppointment } from '../demo/play-personnel-appointment.ts';
import { Player } from '../demo/player.ts';
import { Failure, Misuse } from '../misuse.ts';
import { openServer } from '../open-server.ts';
import { count } from '../print-findings.ts';
import { settingsOrMisuse } from '../settings-or-misuse.ts';
import { paint, plain } from '../terminal.ts';
import { verifyPlace } from '../verify-place.ts';

const textFile = join(import.meta.dirname, '..', '..', 'demo', '379-qd-tw.txt');

export function demoCommand(): Command {
  return new Command('demo')
    .summary('play one whole story over HTTP, and verify the record')
    .description(
      'Plays two cases over HTTP with the demonstration directory: an outgoing document, from ' +
        'draft to archive, and a personnel appointment with a vote. Shows what is refused, and why. ' +
        'Ends with the verification of the whole record.',
    )
    .addHelpText(
      'after',
      `
Plays on the server that runs on the data folder (COUNTERSIGN_DATA, .countersign), or starts one
for the time on a free port. Killed in the middle, it can simply be played again.

Example:
  $ countersign demo`,
    )
    .action(async () => {
      const settings = await settingsOrMisuse();
      if (settings.databaseUrl !== null)
        throw new Misuse('The demonstration plays on the embedded database only. Unset DATABASE_URL for it.');
      // It would make the demonstration's directory the one of the data folder.
      if (settings.directoryFile !== null)
        throw new Misuse(
          'The demonstration has its own directory. Unset COUNTERSIGN_DIRECTORY, and set COUNTERSIGN_DATA to a folder of its own.',
        );
      const text = readFileSync(textFile, 'utf8');
      console.log(paint('bold', 'Countersign: a demonstration'));
      console.log(
        `The document is Regulation 379-QĐ/TW itself, ${Buffer.byteLength(text)} bytes. The people are made up.`,
      );
      const server = await reachServer(settings);
      endWell(server);
      try {
        await play(server.url, readKeys(server.keysFile), text);
        await verify(settings);
      } finally {
        await server.close();
      }
    });
}

/** Ctrl-C leaves no database running behind. */
function endWell(server: ReachedServer): void {
  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => void server.close().finally(() => process.exit(exitCode)));
}

async function play(
  url: string,
  keys: { readonly [principal: string]: string },
  text: string,
): Promise<void> {
  const narrator = new Narrator();
  const player = new Player(url, keys, narrator);
  const today = new Date().toISOString().slice(0, 10);
  const document = await playOutgoingDocument(player, narrator, text, today);
  const appointment = await playPersonnelAppointment(player, narrator, today);
  narrator.chapter('3. Nhật ký / The record');
  narrator.say(
    `Both cases are on the record: ${document} and ${appointment}, ${count(narrator.steps, 'step')} in all.`,
  );
}

async function verify(settings: Settings): Promise<void> {
  const { ok, instances, entries, problems } = await verifyPlace(settings);
  for (const { instance, seq, code, message } of problems.slice(0, 20))
    console.error(`${plain(instance)}#${seq} ${code} ${plain(message)}`);
  if (!ok) throw new Failure(`The record does not verify: ${count(problems.length, 'problem')}.`);
  const what = `${count(entries, 'entry', 'entries')} of ${count(instances, 'instance')}`;
  console.log(
    `\n${paint('green', `Verified: ${what}, nothing wrong. Nothing took effect that people had not approved.`)}`,
  );
}

interface ReachedServer {
  readonly url: string;
  readonly keysFile: string;
  close(): Promise<void>;
}

/** The server that runs on the data folder; else one of our own, for the time. */
async function reachServer(settings: Settings): Promise<ReachedServer> {
  const own = { ...settings, port: 0, host: '127.0.0.1', processesFolder: null };
  const report = (sentence: string) => console.error(sentence);
  try {
    const server = await openServer(own, { log: 'silent', report });
    console.log(`A server was started for it at ${server.url}, on the data folder ${settings.dataFolder}.`);
    return {
      url: server.url,
      keysFile: server.demonstrationKeysFile ?? keysFileOf(settings),
      close: server.close,
    };
  } catch (error) {
    const url = urlOfOtherEngine(error);
    if (url === null) throw error;
    console.log(`It plays on the server at ${url}, which runs on the data folder ${settings.dataFolder}.`);
    return { url, keysFile: keysFileOf(settings), close: async () => undefined };
  }
}

function urlOfOtherEngine(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'second-engine') return null;
  return 'url' in error && typeof error.url === 'string' ? error.url : null;
}

const keysFileOf = ({ dataFolder }: Settings): string => join(dataFolder, 'demonstration-keys.json');

function readKeys(file: string): { readonly [principal: string]: string } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { [principal: string]: string };
  } catch {
    throw new Failure(
      `The demonstration keys cannot be read from ${file}. The server there may not run in demonstration mode.`,
    );
  }
}
