/**
 * Sends one message to an address that somebody else chose. It looks at where the name leads before it connects, and
 * connects nowhere else; it follows no redirect, reads nothing of the answer but its status, and waits a bounded time,
 * whatever the other side does: it always comes to an end.
 */
import { lookup } from 'node:dns';
import { type ClientRequest, request as requestOverHttp } from 'node:http';
import { request as requestOverHttps } from 'node:https';
import { type BlockList, isIP, type LookupFunction } from 'node:net';
import { mayBeCalled } from './outside-addresses.ts';

export type Posted =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'failed'; readonly why: string };

export interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Patience {
  readonly answerWithinMs?: number;
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal;
}

export async function postOutside(
  address: string,
  { headers, body }: Message,
  named: BlockList,
  { answerWithinMs = 10_000, signal }: Patience = {},
): Promise<Posted> {
  const url = URL.parse(address);
  if (url === null) return failed('it is no address');
  // What stands before the host would go out as a password, and is one that somebody else wrote down.
  if (url.username !== '' || url.password !== '') return failed('its address holds a name or a password');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A name is looked up below; an address is not, and would pass unseen.
  if (isIP(host) !== 0 && !mayBeCalled(host, named)) return failed(refusal);
  if (signal?.aborted === true) return failed(shutDown);
  const { promise, resolve } = Promise.withResolvers<Posted>();
  const send = url.protocol === 'https:' ? requestOverHttps : requestOverHttp;
  let sent: ClientRequest;
  try {
    sent = send(url, {
      method: 'POST',
      agent: false,
      lookup: lookupOutside(named),
      headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
  const end = (posted: Posted) => {
    resolve(posted);
    sent.destroy();
  };
  const stop = () => end(failed(shutDown));
  // A timer of its own: a request that became another kind of connection is one that no option of it ends any more.
  const timer = setTimeout(() => end(failed('no answer came in time')), answerWithinMs);
  signal?.addEventListener('abort', stop);
  sent.on('response', (response) => {
    // Whatever else it says is not for us.
    response.destroy();
    end({ kind: 'answered', status: response.statusCode ?? 0 });
  });
  sent.on('upgrade', (response, socket) => {
    socket.destroy();
    end({ kind: 'answered', status: response.statusCode ?? 0 });
  });
  sent.on('error', (error) => end(failed(error.message)));
  sent.on('close', () => end(failed('it hung up without an answer')));
  sent.end(body);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

const refusal = 'it leads to a private address, which this server does not call';

const shutDown = 'this server was shut down meanwhile';

const failed = (why: string): Posted => ({ kind: 'failed', why: why.slice(0, 300) });

/** What a name leads to is decided once, here: a name that leads elsewhere a moment later gains nothing. */
function lookupOutside(named: BlockList): LookupFunction {
  return (host, options, callback) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null) return callback(error, '', 0);
      if (first === undefined || !addresses.every(({ address }) => mayBeCalled(address, named)))
        return callback(new Error(refusal), '', 0);
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
}
