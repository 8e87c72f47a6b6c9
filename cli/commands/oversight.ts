/** `countersign oversight`: how reviewers decide, from a running server. For auditors. */
import { Command } from 'commander';
import type { ReviewerReport } from '../../engine/index.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { formatOption } from '../format-option.ts';
import { request } from '../server-client.ts';
import { paint, plain, printJson } from '../terminal.ts';

interface OversightOptions extends ConnectionOptions {
  readonly format: string;
  readonly process?: string;
  readonly from?: string;
  readonly until?: string;
}

export function oversightCommand(): Command {
  const command = new Command('oversight')
    .summary('show how reviewers decide, for spotting approvals without a thought')
    .description(
      'Asks a running server how reviewers decided, by person and process: how many decisions, how soon after ' +
        "the gate's opening, how many approved, and how often they agreed with an AI. For auditors; it ranks nobody.",
    )
    .option('--process <id>', 'of this process only')
    .option('--from <time>', 'decisions given at this time or later, such as 2030-01-31T00:00:00Z')
    .option('--until <time>', 'decisions given before this time')
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      '\nExample:\n  $ countersign oversight --process outgoing-document --from 2026-01-01T00:00:00Z',
    )
    .action(async (options: OversightOptions) => {
      const query = new URLSearchParams();
      for (const name of ['process', 'from', 'until'] as const) {
        const value = options[name];
        if (value !== undefined) query.set(name, value);
      }
      const report = await request(toAddress(options), `/v1/oversight/reviewers?${query}`);
      if (options.format === 'json') printJson(report);
      else print(report as unknown as ReviewerReport);
    });
}

function print({ note, fewest, items }: ReviewerReport): void {
  for (const { person, name, process, figures } of items) {
    console.log(`${paint('bold', plain(name))} (${plain(person)})  ${plain(process)}`);
    console.log(figures === null ? `    fewer than ${fewest} decisions` : `    ${describe(figures)}`);
  }
  if (items.length === 0) console.log('Nobody has decided.');
  console.log(paint('dim', `\n${note}`));
}

function describe(figures: NonNullable<ReviewerReport['items'][number]['figures']>): string {
  const { decisions, medianSeconds, approvalRate, agreementRate, underAMinute } = figures;
  const percent = (share: number) => `${Math.round(100 * share)}%`;
  return [
    `${decisions} decisions`,
    `half within ${duration(medianSeconds)}`,
    `${percent(approvalRate)} approve`,
    agreementRate === null ? 'few on an AI' : `${percent(agreementRate)} agree with the AI`,
    `${underAMinute} under a minute`,
  ].join(', ');
}

function duration(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
