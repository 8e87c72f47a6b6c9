/** `countersign start`: the server, until it is told to stop. */
import { Command } from 'commander';
import { openServer } from '../open-server.ts';
import { settingsOrMisuse } from '../settings-or-misuse.ts';
import { paint } from '../terminal.ts';

export function startCommand(): Command {
  return new Command('start')
    .summary('start the server')
    .description(
      'Starts the server. Without DATABASE_URL it brings its own PostgreSQL, keeps its data in ' +
        '.countersign, and loads the demonstration directory and the processes that come with it.',
    )
    .addHelpText(
      'after',
      `
Settings, from the environment:
  PORT                    the port to serve on (2727; 0 takes any free one)
  HOST                    the address to serve on (127.0.0.1)
  DATABASE_URL            a PostgreSQL 15 or newer to use instead of the embedded one
  COUNTERSIGN_DATA        the folder of the embedded database (.countersign)
  COUNTERSIGN_DIRECTORY   a YAML file of roles, units and principals
  COUNTERSIGN_PROCESSES   a folder of process definitions to deploy at start
  COUNTERSIGN_ORIGIN and COUNTERSIGN_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET
                          an OpenID Connect provider that people sign in at (docs/guide-sign-in.md)
  COUNTERSIGN_CERTIFICATE_ROOTS and COUNTERSIGN_CERTIFICATE_REVOKED
                          PEM files: whose certificates people may show at a decision
  COUNTERSIGN_LOG         how much to log on standard error: info, warn, error, silent, ... (info)

Examples:
  $ countersign start
  $ PORT=8080 COUNTERSIGN_DATA=/var/lib/countersign countersign start

Stop it with Ctrl-C: what is under way is finished first.`,
    )
    .action(async () => {
      const settings = await settingsOrMisuse();
      const server = await openServer(settings, { log: settings.logLevel, report: say });
      console.log(`Countersign is ready at ${server.url}`);
      console.log(`
  ${server.url}/      where to begin
  ${server.url}/docs  every request there is, with examples to copy`);
      if (server.demonstrationKeysFile !== null)
        console.log(`
This is the demonstration: made-up people, whose keys are in
  ${server.demonstrationKeysFile}
and work from this machine only. "countersign demo" plays a whole story with them.`);
      console.log(paint('dim', '\nCtrl-C stops it.'));
      await stopSignal();
      say('Stopping: what is under way is finished first. Once more, and it ends at once.');
      process.once('SIGINT', () => process.exit(130));
      process.once('SIGTERM', () => process.exit(143));
      await server.close();
      process.exit(0);
    });
}

const say = (sentence: string): void => console.error(sentence);

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
