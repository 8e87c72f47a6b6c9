/**
 * Reads a request body up to a bound and as UTF-8, straight from the connection where there is one.
 * It stops reading at the bound: what is larger is never held in memory.
 */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../engine/index.ts';
import { refuse } from './problems.ts';

export type ReadBody = { readonly kind: 'text'; readonly text: string } | Refusal;

/** The client went away before it had sent the whole body; there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

export async function readBody(
  request: Request,
  incoming: IncomingMessage | undefined,
  maximumBytes: number,
): Promise<ReadBody> {
  const announced = request.headers.get('content-length');
  if (announced !== null && Number(announced) > maximumBytes) return refuseTooLarge(maximumBytes);
  const bytes =
    incoming === undefined
      ? await readStream(request, maximumBytes)
      : await readIncoming(incoming, maximumBytes);
  if (bytes === null) return refuseTooLarge(maximumBytes);
  if (!isUtf8(bytes)) {
    return refuse('bad-request', 'The body is not valid UTF-8.', 'Send it as UTF-8.');
  }
  return { kind: 'text', text: bytes.toString('utf8') };
}

/** Null when there is more than `maximumBytes`. */
function readIncoming(incoming: IncomingMessage, maximumBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = () => {
      incoming.off('data', onData);
      incoming.off('end', onEnd);
      incoming.off('close', onClose);
      incoming.off('error', onClose);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      chunks.push(chunk);
      if (length <= maximumBytes) return;
      settle();
      incoming.pause();
      resolve(null);
    };
    const onEnd = () => {
      settle();
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length));
    };
    const onClose = () => {
      settle();
      reject(new ClientGone());
    };
    if (incoming.destroyed && !incoming.complete) {
      reject(new ClientGone());
      return;
    }
    incoming.on('data', onData);
    incoming.on('end', onEnd);
    incoming.on('close', onClose);
    incoming.on('error', onClose);
  });
}

/** The same without a connection, for an app that is called in process. */
async function readStream(request: Request, maximumBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > maximumBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

function refuseTooLarge(maximumBytes: number): Refusal {
  return refuse(
    'too-large',
    `The body is larger than the ${maximumBytes} bytes that are read here.`,
    'Send less, or send it in several requests.',
  );
}
