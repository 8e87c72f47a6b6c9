/**
 * As whom the server runs. PostgreSQL refuses to run as root, so root hands it to the owner of the
 * data folder, or to an account that owns nothing of worth. Everybody else runs it as themselves.
 */
import { lstat, readFile } from 'node:fs/promises';
import { unless } from './errno.ts';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Null where the server runs as this process does. `folders`: the first that exists and is not root's names the user. */
export async function serverUser(folders: readonly string[]): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  const accounts = await readAccounts();
  for (const folder of folders) {
    const found = await unless(['ENOENT'], () => lstat(folder));
    if (found === null || found.uid === 0) continue;
    const gid =
      accounts.find((account) => account.uid === found.uid)?.gid ?? (found.gid === 0 ? found.uid : found.gid);
    return { uid: found.uid, gid };
  }
  for (const name of ['postgres', 'nobody']) {
    const account = accounts.find((each) => each.name === name && each.uid !== 0);
    if (account !== undefined) return { uid: account.uid, gid: account.gid };
  }
  // The number that stands for nobody where no account file says otherwise.
  return { uid: 65_534, gid: 65_534 };
}

async function readAccounts(): Promise<{ name: string; uid: number; gid: number }[]> {
  const text = (await unless(['ENOENT', 'EACCES'], () => readFile('/etc/passwd', 'utf8'))) ?? '';
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
