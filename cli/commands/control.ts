/** `countersign control`: the stop switch of a running server. One person stops, two restart. */
import { Command, Option } from 'commander';
import type { JsonObject } from '../../schemas/json.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { formatOption } from '../format-option.ts';
import { Misuse } from '../misuse.ts';
import { request } from '../server-client.ts';
import { paint, plain, printJson } from '../terminal.ts';
import { drillCommand } from './control-drill.ts';

export function controlCommand(): Command {
  return new Command('control')
    .summary('pause, stop and restart what runs by itself')
    .description(
      'The stop switch of a running server. One person pauses or stops, at once and on every node; two ' +
        'people restart: one asks, and another confirms. Your key needs the scope control.',
    )
    .addCommand(
      settingCommand('pause', 'paused', 'Hands nothing to an AI and takes no proposal. People go on.'),
    )
    .addCommand(settingCommand('stop', 'stopped', 'Stops everything: no event, no decision, no timer.'))
    .addCommand(liftCommand())
    .addCommand(confirmCommand())
    .addCommand(overrideCommand())
    .addCommand(listCommand())
    .addCommand(drillCommand())
    .addHelpText(
      'after',
      `
Examples:
  $ countersign control pause --agent agent:tro-ly-soan-thao --reason "Its drafts quote what does not exist."
  $ countersign control stop --process outgoing-document --reason "The register gives wrong numbers."
  $ countersign control list
  $ countersign control lift CONTROL --reason "The register was mended."
  $ countersign control confirm CONTROL`,
    );
}

interface ScopeOptions extends ConnectionOptions {
  readonly format: string;
  readonly reason: string;
  readonly drill?: boolean;
  readonly everything?: boolean;
  readonly process?: string;
  readonly decision?: string;
  readonly step?: string;
  readonly agent?: string;
  readonly instance?: string;
}

/** `pause` and `stop` differ only in what they set. */
function settingCommand(name: string, mode: string, what: string): Command {
  const command = new Command(name)
    .description(`${what} Give one scope.`)
    .option('--everything', 'all there is')
    .option('--process <id>', 'a process, under every version of its definition')
    .option('--decision <kind>', 'with --process: a kind of decision of it')
    .option('--step <state>', 'with --process: an AI step of it')
    .option('--agent <id>', 'an AI agent: agent:…')
    .option('--instance <id>', 'one instance')
    .requiredOption('--reason <text>', 'why; it stays on the record')
    .addOption(new Option('--drill', 'an exercise: it holds back as any other, and is recorded as one'))
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      `\nExample:\n  $ countersign control ${name} --process outgoing-document --reason "It errs."`,
    )
    .action(async (options: ScopeOptions) => {
      const { reason, drill = false } = options;
      const body = { scope: toScope(options), mode, reason, drill };
      tell(await request(toAddress(options), '/v1/controls', { method: 'POST', body }), options.format);
    });
}

function toScope({ everything, process, decision, step, agent, instance }: ScopeOptions): JsonObject {
  const given = [everything, process, agent, instance].filter((one) => one !== undefined);
  if (given.length !== 1) throw new Misuse('Give one scope: --everything, --process, --agent or --instance.');
  if ((decision !== undefined || step !== undefined) && process === undefined)
    throw new Misuse('--decision and --step narrow a process: give --process, too.');
  if (decision !== undefined && step !== undefined) throw new Misuse('Give --decision or --step, not both.');
  if (process !== undefined) {
    if (decision !== undefined) return { kind: 'decision', process, decision };
    if (step !== undefined) return { kind: 'step', process, state: step };
    return { kind: 'process', process };
  }
  if (agent !== undefined) return { kind: 'agent', agent };
  if (instance !== undefined) return { kind: 'instance', instance };
  return { kind: 'everything' };
}

type LiftOptions = ConnectionOptions & { readonly format: string; readonly reason: string };

function liftCommand(): Command {
  const command = new Command('lift')
    .description('Asks to lift a control: the first of two people. Nothing goes on yet.')
    .argument('<control>', 'its id, as listed')
    .requiredOption('--reason <text>', 'why; it stays on the record')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ countersign control lift CONTROL --reason "The model was replaced."',
    )
    .action(async (id: string, options: LiftOptions) => {
      const body = { reason: options.reason };
      const path = `/v1/controls/${encodeURIComponent(id)}/lift`;
      tell(await request(toAddress(options), path, { method: 'POST', body }), options.format);
    });
}

function confirmCommand(): Command {
  const command = new Command('confirm')
    .description('Confirms that a control is lifted: the second of two people. From here it goes on.')
    .argument('<control>', 'its id, as listed')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText('after', '\nExample:\n  $ countersign control confirm CONTROL')
    .action(async (id: string, options: ConnectionOptions & { readonly format: string }) => {
      const path = `/v1/controls/${encodeURIComponent(id)}/lift/confirm`;
      tell(await request(toAddress(options), path, { method: 'POST' }), options.format);
    });
}

function overrideCommand(): Command {
  const command = new Command('override')
    .summary('take one AI step out of the hands of the AI')
    .description(
      'Takes an AI step out of the hands of the AI: the instance goes on by the onError of the state, to\n' +
        'where people do the work. Nothing is approved by it.',
    )
    .argument('<instance>', 'the id of the instance')
    .argument('<state>', 'the state that waits for a proposal')
    .requiredOption('--reason <text>', 'why; it stays on the record')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ countersign control override INSTANCE summarizing --reason "The office writes it."',
    )
    .action(async (instance: string, state: string, options: LiftOptions) => {
      const path = `/v1/instances/${encodeURIComponent(instance)}/override`;
      const body = { state, reason: options.reason };
      const moved = await request(toAddress(options), path, { method: 'POST', body });
      if (options.format === 'json') printJson(moved);
      else console.log(plain(`${moved.instance} is now in ${[moved.states].flat().join(', ')}.`));
    });
}

function listCommand(): Command {
  const command = new Command('list')
    .description('Lists what is paused or stopped, as far as it concerns you.')
    .option('--all', 'the latest hundred that were lifted, too')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText('after', '\nExample:\n  $ countersign control list --all')
    .action(async (options: ConnectionOptions & { readonly format: string; readonly all?: boolean }) => {
      const path = `/v1/controls${options.all === true ? '?which=all' : ''}`;
      const items = [(await request(toAddress(options), path)).items].flat() as JsonObject[];
      if (options.format === 'json') printJson(items);
      else if (items.length === 0) console.log('Nothing is paused or stopped.');
      else for (const control of items) console.log(describe(control));
    });
}

function tell(control: JsonObject, format: string): void {
  if (format === 'json') printJson(control);
  else console.log(describe(control));
}

/** As the API answers. */
interface Told {
  readonly id: string;
  readonly scope: { readonly kind: string; readonly [name: string]: string };
  readonly mode: string;
  readonly drill: boolean;
  readonly reason: string;
  readonly setBy: string;
  readonly setAt: string;
  readonly asked: { readonly by: string; readonly at: string; readonly reason: string } | null;
  readonly lifted: { readonly by: string; readonly at: string } | null;
}

function describe(control: JsonObject): string {
  const { id, scope, mode, drill, reason, setBy, setAt, asked, lifted } = control as unknown as Told;
  const { kind, ...names } = scope;
  const where = plain([kind, ...Object.values(names)].join(' '));
  const first = lifted === null ? paint('red', mode) : paint('dim', `${mode}, lifted`);
  const lines = [
    `${plain(id)}  ${first}  ${where}${drill ? '  (drill)' : ''}`,
    plain(`    by ${setBy} at ${setAt}: ${reason}`),
  ];
  if (asked !== null) lines.push(plain(`    to be lifted: ${asked.by} at ${asked.at}: ${asked.reason}`));
  if (lifted !== null) lines.push(plain(`    lifted: ${lifted.by} at ${lifted.at}`));
  else if (asked === null) lines.push(paint('dim', '    nobody has asked to lift it'));
  else lines.push(paint('dim', '    another person confirms: countersign control confirm'));
  return lines.join('\n');
}
