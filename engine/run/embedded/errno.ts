/** Tells the operating system's errors from other ones. */

export interface Errno extends Error {
  readonly code: string;
  readonly path?: string;
  readonly syscall?: string;
}

export function isErrno(error: unknown, ...codes: readonly string[]): error is Errno {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  return codes.length === 0 || codes.includes(error.code);
}

/** Null instead of an error with one of these codes. */
export async function unless<T>(codes: readonly string[], work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (isErrno(error, ...codes)) return null;
    throw error;
  }
}
