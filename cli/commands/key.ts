/** `countersign key`: bearer keys of people, services and agents, on a running server. */
import { Command, Option } from 'commander';
import type { JsonObject } from '../../schemas/json.ts';
import { scopes } from '../../schemas/scopes.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { formatOption } from '../format-option.ts';
import { Failure, Misuse } from '../misuse.ts';
import { request } from '../server-client.ts';
import { settingsOrMisuse } from '../settings-or-misuse.ts';
import { paint, plain, printJson } from '../terminal.ts';

type KeyOptions = ConnectionOptions & { readonly format: string };

export function keyCommand(): Command {
  return new Command('key')
    .summary('create, list and revoke bearer keys')
    .description(
      'Bearer keys on a running server. A key stands for one principal of the directory and is ' +
        'narrowed by scopes. Your own key must belong to a key-administrator.',
    )
    .addCommand(firstCommand())
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
    .addHelpText(
      'after',
      `
Examples:
  $ countersign key create service:phong-tong-hop --scope start,event,read
  $ countersign key list
  $ countersign key revoke KEY-ID`,
    );
}

function firstCommand(): Command {
  return new Command('first')
    .description(
      'Makes the first key of a new installation, for a person whom the directory names a\n' +
        'key-administrator. It writes to the database itself (DATABASE_URL, or the embedded one in\n' +
        'COUNTERSIGN_DATA), and works only while no key administrator has a key.',
    )
    .argument('<principal>', 'person:…')
    .addOption(formatOption('json'))
    .addHelpText('after', '\nExample:\n  $ countersign key first person:le-minh-hoa')
    .action(async (principal: string, options: { format: string }) => {
      const { databaseUrl, dataFolder } = await settingsOrMisuse();
      const { issueFirstKey, openRecord } = await import('../../engine/index.ts');
      const report = (sentence: string) => console.error(sentence);
      const record = await openRecord({ databaseUrl, dataFolder, report });
      try {
        const answer = await issueFirstKey(record.ledger, principal);
        if (answer.kind === 'refusal') throw new Failure(`${answer.message} ${answer.next}`);
        tellOnce(answer.value, options.format);
      } finally {
        await record.close();
      }
    });
}

/** The only time the secret is seen. */
function tellOnce(key: object, format: string): void {
  const told = key as JsonObject;
  if (format === 'json') printJson(told);
  else
    console.log(`${paint('bold', String(told.secret))}\n\n${describe(told)}\nThe secret is not shown again.`);
}

function createCommand(): Command {
  const command = new Command('create')
    .description('Makes a key and shows its secret, this once. Only its hash is stored.')
    .argument('<principal>', 'person:…, service:… or agent:…')
    .requiredOption('--scope <scopes>', `what for, joined by commas: ${scopes.join(', ')}`, toScopes)
    .addOption(new Option('--expires <time>', 'ISO 8601, UTC, such as 2030-01-31T00:00:00Z'))
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText('after', '\nExample:\n  $ countersign key create agent:tro-ly-soan-thao --scope propose')
    .action(async (principal: string, options: KeyOptions & { scope: string[]; expires?: string }) => {
      const body = { principal, scopes: options.scope, expiresAt: options.expires ?? null };
      const key = await request(toAddress(options), '/v1/keys', { method: 'POST', body });
      tellOnce(key, options.format);
    });
}

function listCommand(): Command {
  const command = new Command('list')
    .description('Lists keys, without their secrets.')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText('after', '\nExample:\n  $ countersign key list --format json')
    .action(async (options: KeyOptions) => {
      const { items } = await request(toAddress(options), '/v1/keys');
      if (options.format === 'json') printJson(items);
      else for (const key of items as JsonObject[]) console.log(describe(key));
    });
}

function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('Revokes a key. From the next request on it stands for nobody.')
    .argument('<id>', 'the id of the key, as listed')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText('after', '\nExample:\n  $ countersign key revoke KEY-ID')
    .action(async (id: string, options: KeyOptions) => {
      const path = `/v1/keys/${encodeURIComponent(id)}`;
      const key = await request(toAddress(options), path, { method: 'DELETE' });
      if (options.format === 'json') printJson(key);
      else console.log(describe(key));
    });
}

function describe(key: JsonObject): string {
  const ends = key.revokedAt
    ? `revoked ${key.revokedAt}`
    : key.expiresAt
      ? `until ${key.expiresAt}`
      : 'in force';
  const demonstration = key.demonstration === true ? ', demonstration' : '';
  const scopes = Array.isArray(key.scopes) ? key.scopes.join(',') : '';
  return plain(`${key.id}  ${key.principal}  ${scopes}  ${ends}${demonstration}`);
}

function toScopes(text: string): string[] {
  const asked = text.split(',').map((scope) => scope.trim());
  const wrong = asked.find((scope) => !(scopes as readonly string[]).includes(scope));
  if (wrong !== undefined) throw new Misuse(`There is no scope "${wrong}". There are: ${scopes.join(', ')}.`);
  return [...new Set(asked)];
}
