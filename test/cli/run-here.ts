/**
 * Runs a command of the command line within the test's own process: what it parses, does, prints and answers is the
 * same, without starting Node and loading everything for each. What a process of its own is needed for stays with
 * `runCli`: servers, signals, the launcher, and how output is closed.
 */
import { explainProblem } from '../../cli/explain-problem.ts';
import { program } from '../../cli/program.ts';
import { type CliOptions, type CliResult, cleanEnvironment } from './run-cli.ts';

let before: Promise<unknown> = Promise.resolve();

/** One after the other: each holds the process's own output and environment while it runs. */
export function runHere(args: readonly string[], { env }: Pick<CliOptions, 'env'> = {}): Promise<CliResult> {
  const result = before.then(() => runNow(args, env));
  before = result.catch(() => undefined);
  return result;
}

async function runNow(args: readonly string[], env: CliOptions['env']): Promise<CliResult> {
  const out: string[] = [];
  const error: string[] = [];
  const kept = {
    log: console.log,
    error: console.error,
    out: process.stdout.write,
    err: process.stderr.write,
    exitCode: process.exitCode,
    environment: process.env,
  };
  const writeTo = (texts: string[]) =>
    ((text: string | Uint8Array, ...rest: unknown[]) => {
      texts.push(String(text));
      const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
      done?.();
      return true;
    }) as typeof process.stdout.write;
  console.log = (...texts: unknown[]) => out.push(`${texts.join(' ')}\n`);
  console.error = (...texts: unknown[]) => error.push(`${texts.join(' ')}\n`);
  process.stdout.write = writeTo(out);
  process.stderr.write = writeTo(error);
  process.exitCode = 0;
  process.env = cleanEnvironment(env);
  try {
    await program().parseAsync(['node', 'countersign', ...args]);
  } catch (problem) {
    process.exitCode = explainProblem(problem);
  } finally {
    console.log = kept.log;
    console.error = kept.error;
    process.stdout.write = kept.out;
    process.stderr.write = kept.err;
    process.env = kept.environment;
  }
  const code = Number(process.exitCode);
  process.exitCode = kept.exitCode;
  return { code, stdout: out.join(''), stderr: error.join('') };
}
