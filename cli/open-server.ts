/** Puts engine and API together: what `start` and `demo` serve. */
import type { Settings } from '../engine/index.ts';
import packageFile from '../package.json' with { type: 'json' };
import { Failure } from './misuse.ts';

export interface OpenServer {
  readonly url: string;
  readonly demonstrationKeysFile: string | null;
  close(): Promise<void>;
}

export interface OpenServerOptions {
  /** How much to log, on standard error; 'silent' for nothing. */
  readonly log: string;
  /** Told, in whole sentences, what takes longer than a moment. */
  readonly report: (sentence: string) => void;
}

export async function openServer(
  settings: Settings,
  { log, report }: OpenServerOptions,
): Promise<OpenServer> {
  const { openHouse } = await import('../engine/index.ts');
  const { createApp } = await import('../api/create-app.ts');
  const { openLog } = await import('../api/log.ts');
  const { serve } = await import('../api/serve.ts');
  const { signIn } = settings;
  const house = await openHouse({
    databaseUrl: settings.databaseUrl,
    dataFolder: settings.dataFolder,
    directoryFile: settings.directoryFile,
    processesFolder: settings.processesFolder,
    answerHours: settings.answerHours,
    callbackNetworks: settings.callbackNetworks,
    sessions:
      signIn === null
        ? null
        : {
            lifetimeSeconds: signIn.sessionSeconds,
            idleSeconds: signIn.idleSeconds,
            decideWithinSeconds: signIn.decideWithinSeconds,
          },
    stepUp: {
      origin: signIn?.origin ?? `http://localhost:${settings.port}`,
      rootsFile: settings.certificateRootsFile,
      revokedFile: settings.certificateRevokedFile,
    },
    report,
    onGivenUp(sentence) {
      report(sentence);
      process.exit(1);
    },
  });
  try {
    const options = { version: packageFile.version, ...(signIn === null ? {} : { signIn }) };
    const logger = log === 'silent' ? null : openLog({ level: log, fd: 2 });
    const app = createApp(house.engine, logger === null ? options : { ...options, log: logger });
    const { host, port } = settings;
    const serving = await serve(app, { host, port }).catch((error: unknown) => {
      throw notListening(error, host, port);
    });
    await house.announce(serving.url);
    return {
      url: serving.url,
      demonstrationKeysFile: house.demonstrationKeysFile,
      async close() {
        await serving.close();
        await house.close();
      },
    };
  } catch (error) {
    await house.close();
    throw error;
  }
}

/** Why the port could not be had, in one sentence. */
function notListening(error: unknown, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  const where = `${host}:${port}`;
  if (code === 'EADDRINUSE')
    return new Failure(
      `${where} is taken by another program. Set PORT to another port, or stop that program.`,
    );
  if (code === 'EACCES')
    return new Failure(`This user may not serve on ${where}. Set PORT to a port from 1024 on.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new Failure(`${host} is no address of this machine. Set HOST to one that is, such as 127.0.0.1.`);
  return error;
}
