/**
 * The two cookies: the session, and the sign-in that is under way. Their values are secrets, so no script reads
 * them, no other site makes a browser post them, and over TLS no other host of the domain can plant one (`__Host-`).
 */
export interface Cookie {
  readonly name: string;
  /** The value that a request carries; null when it carries none, or two that differ. */
  read(header: string | null): string | null;
  /** A `Set-Cookie` header. Without `maxAgeSeconds` the browser forgets it when it is closed. */
  set(value: string, maxAgeSeconds?: number): string;
  clear(): string;
}

export function openCookie(name: string, origin: string): Cookie {
  const isSecure = origin.startsWith('https:');
  const fullName = isSecure ? `__Host-${name}` : name;
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  return {
    name: fullName,
    read: (header) => readCookie(header, fullName),
    set: (value, maxAgeSeconds) =>
      `${fullName}=${value}; ${attributes}${maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`}`,
    clear: () => `${fullName}=; ${attributes}; Max-Age=0`,
  };
}

/** Where somebody managed to plant a second one, neither is believed. */
function readCookie(header: string | null, name: string): string | null {
  let found: string | null = null;
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
    const value = pair.slice(equals + 1).trim();
    if (found !== null && found !== value) return null;
    found = value;
  }
  return found === null || found === '' || found.length > 4000 ? null : found;
}
