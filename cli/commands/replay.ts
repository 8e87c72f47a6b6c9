/** `countersign replay`: steps through the record of one instance, as its definition plays it. */
import { Command, InvalidArgumentError } from 'commander';
import type { ReplayedRecord, ReplayedStep } from '../../engine/index.ts';
import type { Entry } from '../../schemas/entry.ts';
import { formatOption } from '../format-option.ts';
import { Failure } from '../misuse.ts';
import { settingsOrMisuse } from '../settings-or-misuse.ts';
import { paint, plain, printJson } from '../terminal.ts';

interface ReplayOptions {
  readonly format: string;
  readonly to?: number;
  readonly context?: boolean;
}

export function replayCommand(): Command {
  return new Command('replay')
    .summary('step through the record of one instance')
    .description(
      'Plays the record of an instance again through its pinned definition, and shows each step: ' +
        'who did what, when, which transitions were taken, and what changed. Only reads.',
    )
    .argument('<instance>', 'the id of the instance')
    .option('--to <seq>', 'stop after this entry', toSeq)
    .option('--context', 'show the whole context after each step')
    .addOption(formatOption('json'))
    .addHelpText(
      'after',
      `
Reads the database of DATABASE_URL, or else the embedded one in COUNTERSIGN_DATA (.countersign),
whether an engine is running on it or not.

Examples:
  $ countersign replay INSTANCE
  $ countersign replay INSTANCE --to 5 --context

JSON: {instance, process, definition, ok, steps, problems}.
Exit code: 0 when replay leads to exactly what is stored, 1 when it does not.`,
    )
    .action(async (instance: string, options: ReplayOptions) => {
      const record = await load(instance);
      const steps = record.steps.filter(({ seq }) => options.to === undefined || seq <= options.to);
      const ok = record.problems.length === 0;
      if (options.format === 'json') printJson({ ...record, ok, steps });
      else {
        console.log(
          `${paint('bold', plain(record.process))} ${plain(instance)}, definition ${record.definition}`,
        );
        for (const step of steps) printStep(step, options.context === true);
        printEnd(record);
      }
      if (!ok) process.exitCode = 1;
    });
}

async function load(instance: string): Promise<ReplayedRecord> {
  const { databaseUrl, dataFolder } = await settingsOrMisuse();
  const { openRecord, replayRecord } = await import('../../engine/index.ts');
  const report = (sentence: string) => console.error(sentence);
  const opened = await openRecord({ databaseUrl, dataFolder, report });
  try {
    const record = await replayRecord(opened.ledger, instance);
    if (record === null)
      throw new Failure(`There is no instance ${plain(instance)} in this database. Check its id.`);
    return record;
  } finally {
    await opened.close();
  }
}

function printStep(step: ReplayedStep, withContext: boolean): void {
  const { seq, hash, entry, taken, changed, state, ai } = step;
  if (entry === null) {
    console.log(`${String(seq).padStart(4)}  ${paint('red', 'this entry cannot be read any more')}`);
    return;
  }
  const { time, kind, event, actor, gate, counted, from, to } = entry;
  const outcome = gate?.outcome === undefined ? '' : `, ${gate.outcome}`;
  // Of several proposals, the one that it is for.
  const choice = gate?.choice === undefined ? '' : ` ${gate.choice.slice(0, 12)}`;
  const verdict = gate === undefined ? '' : ` (${gate.verdict}${choice}${outcome})`;
  const count = counted === undefined ? '' : ` (${counted.outcome}: ${toTallies(counted)})`;
  const made = ai === null ? '' : ` ${paint('yellow', plain(`[AI ${ai.model} ${ai.modelVersion}]`))}`;
  console.log(
    `${String(seq).padStart(4)}  ${time}  ${paint('cyan', plain(actor.principal))} ${kind} ${plain(event)}${verdict}${count}${made}`,
  );
  console.log(
    `      ${plain(from.join(', ') || 'nothing')} → ${plain(to.join(', '))}   ${paint('dim', `entry ${hash}`)}`,
  );
  if (entry.migration !== undefined)
    console.log(paint('dim', `      definition ${entry.migration.from} → ${entry.definition}`));
  if (taken === null) console.log(`      ${paint('yellow', 'not replayed')}`);
  else if (taken.length > 0) console.log(paint('dim', `      took ${plain(taken.join(', '))}`));
  const fromAi = step.fromAi.map(({ field }) => field);
  if (changed !== null) {
    const marked = fromAi.filter((field) => Object.hasOwn(changed, field));
    const told = `      changed ${plain(shorten(JSON.stringify(changed)))}`;
    console.log(paint('dim', told) + aiMark(marked));
  }
  if (withContext && state !== null) {
    console.log(JSON.stringify(state.context, null, 2).replace(/^/gm, '      '));
    if (fromAi.length > 0) console.log(`     ${aiMark(fromAi)}`);
  }
}

function toTallies({
  approved,
  rejected,
  returned,
  abstained,
  struck,
}: NonNullable<Entry['counted']>): string {
  const off = struck === 0 ? '' : `, ${struck} struck off`;
  return `${approved} for${off}, ${rejected} against, ${returned} to return, ${abstained} abstaining`;
}

const aiMark = (fields: readonly string[]) =>
  fields.length === 0 ? '' : ` ${paint('yellow', `[AI: ${plain(fields.join(', '))}]`)}`;

function printEnd({ problems }: ReplayedRecord): void {
  for (const { seq, code, message } of problems)
    console.log(`#${seq} ${paint('red', code)} ${plain(message)}`);
  if (problems.length === 0) console.log(paint('green', 'Replay leads to exactly the state that is stored.'));
}

const longestLine = 160;

function shorten(text: string): string {
  return text.length > longestLine ? `${text.slice(0, longestLine)} …` : text;
}

function toSeq(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError('It is the number of an entry, from 1 on.');
  return Number(text);
}
