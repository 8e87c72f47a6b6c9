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

/**
 * Null where the server runs as this process does. The owner of a cluster that exists decides; for a
 * new one it is the owner of the folder it will lie in, if that user has an account: the program that
 * makes a cluster refuses users without a name, as they occur in containers.
 */
export async function serverUser(cluster: string, folder: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  const accounts = await readAccounts();
  const clusterOwner = await ownerOf(cluster);
  if (clusterOwner !== null) {
    const account = accounts.find(({ uid }) => uid === clusterOwner.uid);
    return { uid: clusterOwner.uid, gid: account?.gid ?? clusterOwner.gid };
  }
  const folderOwner = await ownerOf(folder);
  const servants = [
    accounts.find(({ uid }) => uid === folderOwner?.uid),
    accounts.find(({ name }) => name === 'postgres'),
    accounts.find(({ name }) => name === 'nobody'),
  ];
  // The number that stands for nobody where no account file says otherwise.
  const user = servants.find((account) => account !== undefined && account.uid !== 0) ?? {
    uid: 65_534,
    gid: 65_534,
  };
  return { uid: user.uid, gid: user.gid };
}

/** Null when it is root's, or not there. */
async function ownerOf(folder: string): Promise<ServerUser | null> {
  const found = await unless(['ENOENT'], () => lstat(folder));
  return found === null || found.uid === 0
    ? null
    : { uid: found.uid, gid: found.gid === 0 ? found.uid : found.gid };
}

async function readAccounts(): Promise<{ name: string; uid: number; gid: number }[]> {
  const text = (await unless(['ENOENT', 'EACCES'], () => readFile('/etc/passwd', 'utf8'))) ?? '';
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
