/** Which server a command talks to, and with which key: options first, then the environment. */
import { type Command, Option } from 'commander';
import { Misuse } from './misuse.ts';
import type { ServerAddress } from './server-client.ts';

export interface ConnectionOptions {
  readonly url: string;
  readonly key?: string;
}

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'the running server')
        .env('COUNTERSIGN_URL')
        .default('http://127.0.0.1:2727')
        .argParser(toServerUrl),
    )
    .addOption(new Option('--key <secret>', 'your bearer key').env('COUNTERSIGN_KEY'));
}

export function toAddress({ url, key }: ConnectionOptions): ServerAddress {
  if (key === undefined || key === '')
    throw new Misuse('A key is needed: set COUNTERSIGN_KEY to your bearer key, or give it with --key.');
  return { url, key };
}

function toServerUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new Misuse(`"${text}" is not the URL of a server. Give one like http://127.0.0.1:2727.`);
  return text;
}
