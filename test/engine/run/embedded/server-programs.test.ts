import { chmod, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { publicCopy } from '../../../../engine/run/embedded/server-programs.ts';
import { temporaryFolder } from './engines.ts';

async function programs(): Promise<string> {
  const source = await temporaryFolder();
  await mkdir(join(source, 'bin'), { mode: 0o700 });
  await writeFile(join(source, 'bin', 'postgres'), 'a program', { mode: 0o700 });
  await writeFile(join(source, 'bin', 'left-out.a'), 'for compilers');
  await symlink('postgres', join(source, 'bin', 'link'));
  return source;
}

describe("root's copy of the programs", () => {
  test('is whole, can be read by everybody, and can be written by nobody else', async () => {
    const place = await temporaryFolder();
    const copy = await publicCopy(await programs(), 'postgresql-1', [place]);
    expect(copy).toBe(join(place, 'countersign', 'postgresql-1'));
    expect(await readFile(join(copy, 'bin', 'link'), 'utf8')).toBe('a program');
    expect((await readdir(join(copy, 'bin'))).sort()).toEqual(['link', 'postgres']);
    for (const path of ['..', '.', 'bin', 'bin/postgres']) {
      expect((await lstat(join(copy, path))).mode & 0o777, path).toBe(0o755);
    }
  });

  test('is made once, also by several starts at the same time, and leaves nothing half-made', async () => {
    const place = await temporaryFolder();
    const source = await programs();
    const copies = await Promise.all(
      Array.from({ length: 5 }, () => publicCopy(source, 'postgresql-1', [place])),
    );
    expect(new Set(copies).size).toBe(1);
    expect(await readdir(join(place, 'countersign'))).toEqual(['postgresql-1']);
    const before = await lstat(join(place, 'countersign', 'postgresql-1', 'bin', 'postgres'));
    await publicCopy(source, 'postgresql-1', [place]);
    expect((await lstat(join(place, 'countersign', 'postgresql-1', 'bin', 'postgres'))).ino).toBe(before.ino);
  });

  test('goes to the next place where the first cannot be written', async () => {
    const place = await temporaryFolder();
    expect(await publicCopy(await programs(), 'p', [join(place, 'missing'), place])).toBe(
      join(place, 'countersign', 'p'),
    );
  });

  test.each([
    [
      'a folder that others may change',
      async (path: string) => {
        await mkdir(path);
        await chmod(path, 0o777);
      },
    ],
    ['a link', async (path: string) => symlink(await temporaryFolder(), path)],
    ['a file', async (path: string) => writeFile(path, '')],
  ])('is never taken from %s that somebody prepared', async (_what, prepare) => {
    const place = await temporaryFolder();
    await prepare(join(place, 'countersign'));
    await expect(publicCopy(await programs(), 'p', [place])).rejects.toThrow(
      'somebody other than root made it or may change it',
    );

    const other = await temporaryFolder();
    await mkdir(join(other, 'countersign'));
    await prepare(join(other, 'countersign', 'p'));
    await expect(publicCopy(await programs(), 'p', [other])).rejects.toThrow(
      'somebody other than root made it or may change it',
    );
  });
});
