/** The PostgreSQL programs that this machine has of its own, for running the tests on them too. */
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerPrograms } from '../../engine/run/embedded/server-programs.ts';

/** The programs in this folder; null when no folder is given. */
export async function installedPrograms(folder: string | undefined): Promise<ServerPrograms | null> {
  if (folder === undefined || folder === '') return null;
  const answer = await new Promise<string>((done, failed) => {
    execFile(join(folder, 'postgres'), ['--version'], (error, output) =>
      error ? failed(error) : done(output),
    );
  });
  return { folder, major: Number(/PostgreSQL\) (\d+)/.exec(answer)?.[1]) };
}

/** The folders of every installed PostgreSQL that Countersign supports (15 and newer), oldest first. */
export async function findInstalledPrograms(): Promise<readonly string[]> {
  const home = '/usr/lib/postgresql';
  const majors = await list(home);
  const supported = majors.map(Number).filter((major) => major >= 15);
  const folders = supported.sort((a, b) => a - b).map((major) => join(home, String(major), 'bin'));
  const contents = await Promise.all(folders.map((folder) => list(folder)));
  return folders.filter(
    (_, index) => contents[index]?.includes('postgres') && contents[index]?.includes('initdb'),
  );
}

function list(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
