/** `countersign why`: asks a running server what somebody may do with an instance, and why not where they may not. */
import { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { formatOption } from '../format-option.ts';
import { request } from '../server-client.ts';
import { paint, plain, printJson } from '../terminal.ts';

interface WhyOptions extends ConnectionOptions {
  readonly format: string;
  readonly principal?: string;
  readonly event?: string;
}

/** As `GET /v1/instances/{instance}/why` answers. */
interface Answered {
  readonly process: string;
  readonly seq: number;
  readonly status: string;
  readonly principal: { readonly id: string; readonly name: string };
  readonly answers: readonly {
    readonly kind: string;
    readonly name: string;
    readonly allowed: boolean;
    readonly why: string;
    readonly next: string | null;
    readonly missing: readonly string[];
    readonly who: readonly { readonly principal: string; readonly name: string }[];
    readonly moreMayFollow: boolean;
  }[];
}

export function whyCommand(): Command {
  const command = new Command('why')
    .summary('say why somebody may act on an instance, or may not')
    .description(
      'Asks a running server what a principal may do with an instance now: by which rule, what is ' +
        'missing where they may not, and who could. Nothing is changed by asking.',
    )
    .argument('<instance>', 'the id of the instance')
    .option(
      '--principal <id>',
      'about whom: person:…, service:… or agent:…; yourself, unless you name another',
    )
    .option('--event <name>', 'about this event only')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      `
About others only auditors and whoever is responsible for the instance may ask.

Examples:
  $ COUNTERSIGN_KEY=... countersign why INSTANCE
  $ COUNTERSIGN_KEY=... countersign why INSTANCE --principal person:do-thi-phong-theo --event submit

JSON: {instance, process, definition, seq, status, principal, answers: [{kind, name, title, allowed,
code, rule, why, next, missing, considered, who, moreMayFollow}]}.
Exit code: with --event 0 when it is allowed and 1 when not; without it always 0.`,
    )
    .action(async (instance: string, options: WhyOptions) => {
      const query = new URLSearchParams();
      if (options.principal !== undefined) query.set('principal', options.principal);
      if (options.event !== undefined) query.set('event', options.event);
      const path = `/v1/instances/${encodeURIComponent(instance)}/why?${query}`;
      const answer = await request(toAddress(options), path);
      if (options.format === 'json') printJson(answer);
      else print(instance, answer as unknown as Answered);
      const { answers } = answer as unknown as Answered;
      if (options.event !== undefined && answers.some(({ allowed }) => !allowed)) process.exitCode = 1;
    });
}

function print(instance: string, { process: id, seq, status, principal, answers }: Answered): void {
  console.log(
    `${paint('bold', plain(id))} ${plain(instance)} at entry ${seq}, asked for ${plain(principal.name)} (${plain(principal.id)})`,
  );
  if (answers.length === 0) {
    console.log(
      status === 'done'
        ? 'It has ended; nothing moves it any more.'
        : 'It waits for nobody now: only a timer moves it.',
    );
  }
  for (const { kind, name, allowed, why, next, missing, who, moreMayFollow } of answers) {
    console.log(`${allowed ? paint('green', '✓ may') : paint('red', '✗ may not')}  ${kind} ${plain(name)}`);
    console.log(`    ${plain(why)}`);
    for (const one of missing) console.log(`    missing: ${plain(one)}`);
    if (next !== null) console.log(`    ${plain(next)}`);
    const names = who.map(({ principal: other, name: called }) => `${plain(called)} (${plain(other)})`);
    if (moreMayFollow) names.push('and perhaps others');
    if (names.length > 0) console.log(paint('dim', `    could: ${names.join(', ')}`));
  }
}
