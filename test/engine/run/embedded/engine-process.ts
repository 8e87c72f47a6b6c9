/**
 * Stands for an engine in a process of its own, to be killed: starts the embedded database in the
 * folder given, says so in one line of JSON, and lives until it is told to stop.
 * `node engine-process.ts FOLDER [URL]`
 */
import { EmbeddedProblem } from '../../../../engine/run/embedded/embedded-problem.ts';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';

const [folder = '', url] = process.argv.slice(2);

// Nobody is left to talk to: an engine that nobody waits for should not outlive the tests.
process.stdin.resume().on('end', () => process.exit(0));

try {
  const database = await startEmbedded(folder, url === undefined ? {} : { url });
  process.on('SIGTERM', () => database.stop().then(() => process.exit(0)));
  console.log(JSON.stringify({ url: database.url, pid: database.pid }));
} catch (error) {
  if (!(error instanceof EmbeddedProblem)) throw error;
  console.error(error.message);
  process.exit(1);
}
