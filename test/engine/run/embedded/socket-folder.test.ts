import { chmod, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDataFolder } from '../../../../engine/run/embedded/data-folder.ts';
import { openSocketFolder } from '../../../../engine/run/embedded/socket-folder.ts';
import { newDataFolder, temporaryFolder } from './engines.ts';

async function folderAndItsSocket() {
  const folder = await openDataFolder(await newDataFolder());
  const path = `/tmp/countersign-${folder.user?.uid ?? process.getuid?.()}-${folder.fingerprint}`;
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return { folder, path };
}

test('the same data folder always gets the same socket folder, by whatever path it is reached', async () => {
  const { folder, path } = await folderAndItsSocket();
  expect(await openSocketFolder(folder)).toBe(path);
  expect(await openSocketFolder(folder)).toBe(path);
  const link = join(await temporaryFolder(), 'link');
  await symlink(folder.path, link);
  expect(await openSocketFolder(await openDataFolder(link))).toBe(path);
});

test('a folder that others may enter is refused, for their socket could be in it', async () => {
  const { folder, path } = await folderAndItsSocket();
  await mkdir(path);
  await chmod(path, 0o755);
  await expect(openSocketFolder(folder)).rejects.toThrow(
    `${path} should be a private folder for the database's socket`,
  );
});

test('a link that somebody put there is refused', async () => {
  const { folder, path } = await folderAndItsSocket();
  const elsewhere = await temporaryFolder();
  await symlink(elsewhere, path);
  await expect(openSocketFolder(folder)).rejects.toThrow('made by somebody else');
});
