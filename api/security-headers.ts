/** Headers that keep a browser from doing more with an answer than was meant. */

/** For JSON and other data. The answer is for the caller alone, and is never a page. */
export function apiHeaders(
  request: string,
  contentType?: string,
  extra?: { readonly [name: string]: string },
): Record<string, string> {
  const headers: Record<string, string> = {
    'x-request-id': request,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    // A session's cookie goes along when a page of another site asks; what is answered does not reach that page.
    'cross-origin-resource-policy': 'same-origin',
  };
  if (contentType !== undefined) headers['content-type'] = contentType;
  if (extra !== undefined) Object.assign(headers, extra);
  return headers;
}

/** For our own pages: nothing from elsewhere, nothing inline, no framing. */
export const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'x-content-type-options': 'nosniff',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;
