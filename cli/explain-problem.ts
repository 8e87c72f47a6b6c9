/** Which exit code a problem means, and what is said about it. */
import { CommanderError } from 'commander';
import { Failure, Misuse } from './misuse.ts';

/** Errors of the engine whose message is a whole sentence for whoever started the command. */
const explainedByEngine = [
  'StartProblem',
  'EmbeddedProblem',
  'NoRecord',
  'LedgerUnavailable',
  'LedgerProblem',
];

/** Prints what there is to say on standard error, and answers the exit code. */
export function explainProblem(problem: unknown): number {
  if (problem instanceof CommanderError) return problem.exitCode === 0 ? 0 : 2;
  if (problem instanceof Misuse) return say(problem, 2);
  if (!(problem instanceof Error)) throw problem;
  // The file that a setting names cannot be used: that is a bad setting.
  if (problem.name === 'DirectoryProblem') return say(problem, 2);
  if (problem instanceof Failure || explainedByEngine.includes(problem.name)) return say(problem, 1);
  // Our own fault: whoever mends it needs the place.
  console.error(problem);
  return 1;
}

function say({ message }: Error, exitCode: number): number {
  console.error(message);
  return exitCode;
}
