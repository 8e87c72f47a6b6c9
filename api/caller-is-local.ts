/** Whether a request comes from this very machine. Demonstration keys are honoured only then. */
import type { IncomingMessage } from 'node:http';

/**
 * The socket decides; headers can only take away. A proxy on this machine forwards strangers over
 * loopback, so a forwarding header means "not local"; and a page whose name was rebound to 127.0.0.1
 * still names its own host, so the Host must be this machine's own.
 */
export function callerIsLocal(incoming: IncomingMessage | undefined): boolean {
  if (incoming === undefined || !isLoopback(incoming.socket.remoteAddress)) return false;
  const { headers } = incoming;
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined) return false;
  if (headers.via !== undefined || headers['x-real-ip'] !== undefined) return false;
  return localHost.test(headers.host ?? '');
}

const localHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}
