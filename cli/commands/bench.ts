/** `countersign bench`: measures Countersign on this machine, beside what it is fair to compare it with. */
import { Command } from 'commander';
import { Misuse } from '../misuse.ts';

export function benchCommand(): Command {
  return new Command('bench')
    .summary('measure Countersign on this machine')
    .description(
      'Measures the pure step, durable transitions and events over HTTP, each beside what it is ' +
        'fair to compare it with, in one run. Makes databases of its own and leaves nothing behind.',
    )
    .option('--format <format>', 'how to answer: table or json', 'table')
    .option('--seconds <seconds>', 'how long each side is measured')
    .option('--only <names>', 'only these results, joined by commas')
    .addHelpText(
      'after',
      `
Examples:
  $ countersign bench
  $ countersign bench --only pure-step,durable-transitions --seconds 5 --format json

JSON: {results: [{name, value, unit, ratio, against}], ...}; ratio = value / that of against.`,
    )
    .action(async (given: { format: string; seconds?: string; only?: string }) => {
      const { benchResultNames } = await import('../../bench/bench-results.ts');
      const { checkBenchOptions } = await import('../../bench/bench-options.ts');
      const options = checkBenchOptions(given, benchResultNames);
      if ('problem' in options) throw new Misuse(options.problem);
      const { runBench } = await import('../../bench/run-bench.ts');
      process.exitCode = await runBench(options);
    });
}
