/**
 * The command line: parses, hands over to one file a command, and decides the exit code.
 * 0: done. 1: findings, or it did not work. 2: misuse. It must not know what any command does.
 */
import { explainProblem } from './explain-problem.ts';
import { program } from './program.ts';

endWithLauncher();
leaveWhenOutputCloses();
try {
  await program().parseAsync(process.argv);
} catch (problem) {
  // Whatever a failed command had opened must not keep the process alive.
  process.exit(explainProblem(problem));
}

/** Whoever reads our output may have heard enough, as `head` does. That is no failure to report. */
function leaveWhenOutputCloses(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

/** See `countersign.js`: when the launcher was killed, so are we. */
function endWithLauncher(): void {
  if (process.env.COUNTERSIGN_LAUNCHED === undefined) return;
  delete process.env.COUNTERSIGN_LAUNCHED;
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
  process.channel?.unref();
}
