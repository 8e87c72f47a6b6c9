#!/usr/bin/env node
/**
 * Starts the command line on Node 24, which runs TypeScript by itself. When an older Node started
 * this file, the Node 24 that came with the dependencies takes over: same terminal, same signals,
 * same exit code. It must not know any command, and must run on old versions of Node.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;
const script = fileURLToPath(import.meta.url);
const here = dirname(script);

if (Number(process.versions.node.split('.')[0]) >= neededMajor) await run();
else takeOver(findNode());

/** Keeps what Node made of our TypeScript beside the dependencies: a third less to do at the next start. */
async function run() {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(join(here, '..', 'node_modules', '.cache', 'countersign'));
  await import('./main.ts');
}

/** The Node of our own dependencies, or the one beside us where we are a dependency ourselves. */
function findNode() {
  const program = join('node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const candidates = [join(here, '..', 'node_modules', program), join(here, '..', '..', program)];
  return candidates.find((candidate) => existsSync(candidate)) ?? null;
}

function takeOver(node) {
  if (node === null) {
    console.error(
      `Countersign needs Node ${neededMajor} or newer, and this is Node ${process.versions.node}. ` +
        `Run "npm ci" in the folder of Countersign, which brings it along, or install Node ${neededMajor}.`,
    );
    process.exit(2);
  }
  // The channel carries nothing. Its end tells the child that this process was killed, so that
  // nothing goes on serving behind the back of whoever killed it.
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, COUNTERSIGN_LAUNCHED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    process.on(signal, () => {
      // A terminal sends these to both of us already.
      const fromTerminal = process.stdin.isTTY && signal !== 'SIGTERM' && signal !== 'SIGUSR2';
      if (!fromTerminal) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(`Node ${neededMajor} could not be started from ${node}: ${error.message}.`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
