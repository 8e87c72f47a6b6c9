/** `countersign verify`: checks the whole record in a database, and says which entry is wrong and how. */
import { Command } from 'commander';
import { formatOption } from '../format-option.ts';
import { count } from '../print-findings.ts';
import { settingsOrMisuse } from '../settings-or-misuse.ts';
import { paint, plain, printJson } from '../terminal.ts';
import { verifyPlace } from '../verify-place.ts';

export function verifyCommand(): Command {
  return new Command('verify')
    .summary('verify the whole record of a database')
    .description(
      'Verifies every entry of the record: its hash, its place in the chain, what it is bound to, ' +
        'and that replaying it through the pinned definition gives the stored state; and everything ' +
        'that follows from it: rows, lists, kept answers, definitions, directory, keys and the schema. ' +
        'Only reads.',
    )
    .addOption(formatOption('json'))
    .addHelpText(
      'after',
      `
Reads the database of DATABASE_URL, or else the embedded one in COUNTERSIGN_DATA (.countersign),
whether an engine is running on it or not.

Examples:
  $ countersign verify
  $ DATABASE_URL=postgres://... countersign verify --format json

JSON: {ok, entries, problems: [{instance, seq, code, message}]}.
Exit code: 0 when everything verifies, 1 when it does not.`,
    )
    .action(async (options: { format: string }) => {
      const report = await verifyPlace(await settingsOrMisuse());
      const { ok, instances, entries, acts, problems } = report;
      if (options.format === 'json') printJson({ ok, entries, problems });
      else {
        for (const { instance, seq, code, message } of problems)
          console.log(`${plain(instance)}#${seq} ${paint('red', code)} ${plain(message)}`);
        const what = `${count(entries, 'entry', 'entries')} of ${count(instances, 'instance')}, ${count(acts, 'act')} of administration`;
        if (ok) console.log(paint('green', `Verified: ${what}, nothing wrong.`));
        else console.log(paint('red', `${count(problems.length, 'problem')} in ${what}.`));
      }
      if (!ok) process.exitCode = 1;
    });
}
