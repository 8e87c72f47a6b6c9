/** `countersign directory diff` and `apply`: what a file would change in the directory of a running server, and the change. */
import { Command } from 'commander';
import type { JsonObject } from '../../schemas/json.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { readText } from '../definition-files.ts';
import { formatOption } from '../format-option.ts';
import { ask, ServerRefusal } from '../server-client.ts';
import { plain, printJson } from '../terminal.ts';

interface ChangeOptions extends ConnectionOptions {
  readonly format: string;
  readonly acceptWarnings?: boolean;
}

export function diffDirectoryCommand(): Command {
  return changeCommand(
    'diff',
    'Says what the file would change, and what processes would lack. Changes nothing.',
  )
    .addHelpText('after', '\nExample:\n  $ countersign directory diff directory.yaml')
    .action((file: string, options: ChangeOptions) => change(file, options, '?dryRun=true'));
}

export function applyDirectoryCommand(): Command {
  return changeCommand('apply', 'Makes the directory what the file says, at once and whole, or says why not.')
    .option('--accept-warnings', 'also where processes would lack people')
    .addHelpText('after', '\nExample:\n  $ countersign directory apply directory.yaml')
    .action((file: string, options: ChangeOptions) =>
      change(file, options, options.acceptWarnings === true ? '?acceptWarnings=true' : ''),
    );
}

function changeCommand(name: string, description: string): Command {
  const command = new Command(name)
    .description(`${description} Your key needs the scope directory.`)
    .argument('<file>', 'the YAML file')
    .addOption(formatOption('json'));
  return addConnectionOptions(command);
}

/** The change is made to the very directory that was read, or not at all. */
async function change(file: string, options: ChangeOptions, query: string): Promise<void> {
  const content = readText(file);
  const address = toAddress(options);
  const read = await ask(address, '/v1/directory');
  if (read.status >= 400) throw new ServerRefusal(read.status, read.body);
  const answer = await ask(address, `/v1/directory${query}`, {
    method: 'PUT',
    text: { content, type: 'application/yaml' },
    ifMatch: read.etag ?? '',
  });
  if (options.format === 'json') printJson(answer.body);
  else for (const line of linesOf(answer.body)) console.log(plain(line));
  if (answer.status >= 400) {
    if (!Array.isArray(answer.body.findings)) throw new ServerRefusal(answer.status, answer.body);
    process.exitCode = 1;
  }
}

function linesOf(body: JsonObject): readonly string[] {
  const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
  const changes = list(body.changes).map(String);
  const findings = [...list(body.warnings), ...list(body.findings)].map((one) => {
    const { file, line, column, severity, code, message } = one as JsonObject;
    return `${file}:${line}:${column} ${severity} ${code} ${message}`;
  });
  const end =
    body.detail === undefined
      ? [
          changes.length === 0
            ? 'Nothing changes.'
            : body.applied === true
              ? `Version ${body.version} is in force.`
              : 'Nothing was changed.',
        ]
      : [String(body.detail), String(body.next)];
  return [...changes, ...findings, ...end];
}
