/** Which Content-Type a body may have. */
import type { Refusal } from '../engine/index.ts';
import { refuse } from './problems.ts';

const accepted = {
  json: ['application/json'],
  yaml: ['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml'],
} as const;

/** Null when it is accepted. Bodies are UTF-8 and not compressed. */
export function acceptsMediaType(headers: Headers, kind: 'json' | 'yaml'): Refusal | null {
  const header = headers.get('content-type') ?? '';
  const encoding = headers.get('content-encoding');
  if (header === accepted[kind][0] && encoding === null) return null;
  const [type = '', ...parameters] = header.toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((name) => name.startsWith('charset='));
  const known = (accepted[kind] as readonly string[]).includes(type.trim());
  if (known && (charset === undefined || /^charset="?utf-8"?$/.test(charset)) && isIdentity(encoding))
    return null;
  return refuse(
    'unsupported-media-type',
    `The body must be ${accepted[kind][0]} in UTF-8, not compressed.`,
    `Send the header Content-Type: ${accepted[kind][0]}.`,
  );
}

function isIdentity(encoding: string | null): boolean {
  return encoding === null || encoding.toLowerCase() === 'identity';
}
