/** The command line as a value: every command with its help. It runs nothing, and decides no exit code. */
import { Command } from 'commander';
import packageFile from '../package.json' with { type: 'json' };
import { benchCommand } from './commands/bench.ts';
import { controlCommand } from './commands/control.ts';
import { demoCommand } from './commands/demo.ts';
import { deployCommand } from './commands/deploy.ts';
import { diffCommand } from './commands/diff.ts';
import { directoryCommand } from './commands/directory.ts';
import { graphCommand } from './commands/graph.ts';
import { keyCommand } from './commands/key.ts';
import { lintCommand } from './commands/lint.ts';
import { migrateCommand } from './commands/migrate.ts';
import { oversightCommand } from './commands/oversight.ts';
import { replayCommand } from './commands/replay.ts';
import { startCommand } from './commands/start.ts';
import { testCommand } from './commands/test.ts';
import { verifyCommand } from './commands/verify.ts';
import { whyCommand } from './commands/why.ts';

export function program(): Command {
  const program = new Command('countersign')
    .description(
      'Runs document lifecycles written as YAML state machines, in which what an AI proposes ' +
        'takes effect only after an authorised person has approved exactly that.',
    )
    .version(packageFile.version)
    .addHelpText(
      'after',
      `
First minutes:
  $ countersign start                      serve everything on http://127.0.0.1:2727
  $ countersign demo                       play one whole story over HTTP, and verify it
  $ countersign lint processes             check the process definitions of a folder
  $ countersign test processes             play their scenario tests

Exit codes: 0 done, 1 findings or failure, 2 misuse.
"countersign help COMMAND" explains one command, with examples.`,
    );
  for (const command of [
    startCommand(),
    demoCommand(),
    lintCommand(),
    testCommand(),
    graphCommand(),
    diffCommand(),
    deployCommand(),
    migrateCommand(),
    verifyCommand(),
    replayCommand(),
    whyCommand(),
    controlCommand(),
    oversightCommand(),
    keyCommand(),
    directoryCommand(),
    benchCommand(),
  ])
    program.addCommand(command);
  for (const command of everyCommand(program)) {
    command.exitOverride().showSuggestionAfterError().allowExcessArguments(false);
    command.configureOutput({ outputError: (text, write) => write(text) });
  }
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
