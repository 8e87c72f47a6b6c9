/**
 * Where a PostgreSQL database is and how to log in: from a URL, to a URL, and as postgres.js wants it.
 * URLs are libpq's: a Unix socket's folder is `?host=/folder`, with any name before it
 * (`postgres://user:password@localhost/database?host=/folder`). postgres.js does not understand that
 * form, so never hand it a URL: `postgres({ ...toConnectionOptions(url), max: 4 })`.
 * It knows nothing of tables or roles.
 */

export interface DatabaseAddress {
  /** A host name, an address, or the folder of a Unix socket (it then starts with `/`). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  /** How TLS is used, in libpq's words. Means nothing on a Unix socket. */
  readonly sslMode: SslMode;
}

export const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-full'] as const;
export type SslMode = (typeof sslModes)[number];

export interface AddressProblem {
  readonly kind: 'problem';
  /** What is wrong, as the end of a sentence; it never contains a part of the URL. */
  readonly why: string;
}

/** The options of postgres.js that say where to connect and as whom. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly database: string;
  readonly ssl: false | 'prefer' | 'require' | 'verify-full';
  /** A function, so that an absent password is not looked for in the process's environment. */
  readonly password: () => string;
}

export function toConnectionOptions(place: string | DatabaseAddress): ConnectionOptions {
  const address = typeof place === 'string' ? fromDatabaseUrl(place) : place;
  const onSocket = address.host.startsWith('/');
  return {
    host: address.host,
    port: address.port,
    username: address.user,
    database: address.database,
    ssl: onSocket ? false : tlsOf[address.sslMode],
    password: () => address.password ?? '',
  };
}

/** The address a URL stands for. Throws where `checkDatabaseUrl` answers with a problem. */
export function fromDatabaseUrl(url: string): DatabaseAddress {
  const checked = checkDatabaseUrl(url);
  if ('kind' in checked) throw new Error(`The database URL is not usable: ${checked.why}.`);
  return checked;
}

export function checkDatabaseUrl(text: string): DatabaseAddress | AddressProblem {
  const url = parse(text);
  if (url === null) return problem('it is not a URL of the form postgres://user:password@host:5432/database');
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:') {
    return problem('it does not begin with postgres:// or postgresql://');
  }
  for (const name of url.searchParams.keys()) {
    if (!knownParameters.has(name))
      return problem(
        `it has a parameter this program does not know (known are ${[...knownParameters].join(', ')})`,
      );
  }
  const sslMode = url.searchParams.get('sslmode') ?? 'prefer';
  if (!isSslMode(sslMode)) return problem(`its sslmode is not one of ${sslModes.join(', ')}`);
  const port = Number(url.searchParams.get('port') ?? (url.port || '5432'));
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    return problem('its port is not a number from 1 to 65535');
  const host = url.searchParams.get('host') ?? unescaped(url.hostname).replace(/^\[|\]$/g, '');
  const user = unescaped(url.username);
  const database = unescaped(url.pathname.slice(1));
  if (host === '') return problem('it names no host');
  if (host.includes(',')) return problem('it names several hosts; give the one that accepts writes');
  if (user === '') return problem('it names no user');
  if (database === '') return problem('it names no database');
  return {
    host,
    port,
    user,
    password: url.password === '' ? null : unescaped(url.password),
    database,
    sslMode,
  };
}

export function toDatabaseUrl(address: DatabaseAddress): string {
  const onSocket = address.host.startsWith('/');
  const login =
    address.password === null
      ? escaped(address.user)
      : `${escaped(address.user)}:${escaped(address.password)}`;
  const bracketed = address.host.includes(':') ? `[${address.host}]` : address.host;
  const url = new URL(
    `postgres://${login}@${onSocket ? 'localhost' : bracketed}/${escaped(address.database)}`,
  );
  if (onSocket) url.searchParams.set('host', address.host);
  if (address.port !== 5432) url.port = String(address.port);
  if (address.sslMode !== 'prefer') url.searchParams.set('sslmode', address.sslMode);
  return url.href;
}

// postgres.js falls back to a plain connection under 'prefer' alone.
const tlsOf = {
  disable: false,
  allow: 'prefer',
  prefer: 'prefer',
  require: 'require',
  'verify-full': 'verify-full',
} as const;
const knownParameters = new Set(['host', 'port', 'sslmode']);
const escaped = encodeURIComponent;

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parse(text: string): URL | null {
  // libpq also takes `postgres://user@/database?host=/folder`, with nothing where the host stands.
  const full = text
    .replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?#])/i, '$1localhost')
    .replace(/^([a-z]+:\/\/)(?=\/)/i, '$1localhost');
  return URL.canParse(full) ? new URL(full) : null;
}

function isSslMode(text: string): text is SslMode {
  return (sslModes as readonly string[]).includes(text);
}

function problem(why: string): AddressProblem {
  return { kind: 'problem', why };
}
