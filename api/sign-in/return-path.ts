/** Where somebody may be led after signing in: a page of this server, and nothing that a browser could read as another. */

/** The path with its query as browsers read it; null for anything else. */
export function returnPath(wanted: string, origin: string): string | null {
  if (wanted.length > 1000 || !/^\/(?![/\\])[!-~]*$/.test(wanted) || wanted.includes('\\')) return null;
  let url: URL;
  try {
    url = new URL(wanted, origin);
  } catch {
    return null;
  }
  // Signing in is no place to come back to: it would begin again.
  if (url.origin !== origin || url.pathname.startsWith('//') || url.pathname.startsWith('/v1/sign-in'))
    return null;
  return url.pathname + url.search + url.hash;
}
