/** Reads just as much of an HTTP/1.1 response as a load generator needs. Pure. */

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
}

/**
 * One whole response out of text with one character a byte (latin1); null while it is incomplete.
 * Knows Content-Length and chunked bodies; anything else counts as an empty body.
 */
export function readResponse(text: string): HttpResponse | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const head = text.slice(0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const bodyStart = headEnd + 4;
  if (head.includes('\r\ntransfer-encoding: chunked')) return readChunked(text, bodyStart, status);
  const at = head.indexOf('\r\ncontent-length:');
  const length = at < 0 ? 0 : Number.parseInt(head.slice(at + 17), 10);
  if (text.length < bodyStart + length) return null;
  return { status, body: text.slice(bodyStart, bodyStart + length) };
}

function readChunked(text: string, bodyStart: number, status: number): HttpResponse | null {
  const parts: string[] = [];
  let at = bodyStart;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (!Number.isFinite(size) || text.length < next) return null;
    if (size === 0) return { status, body: parts.join('') };
    parts.push(text.slice(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
