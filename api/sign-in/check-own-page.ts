/**
 * Whether a request that writes and comes with a cookie was made by a page of this server. Browsers send cookies
 * along whoever asks, so a cookie alone never writes: the browser must say that the page is ours, and the request
 * must be one that no form of another site can make.
 */
import type { Refusal } from '../../engine/index.ts';
import { refuse } from '../problems.ts';

/** For requests that need no body of a type: any value does. */
export const ownPageHeader = 'x-countersign';

export function checkOwnPage(headers: Headers, origin: string): Refusal | null {
  const site = headers.get('sec-fetch-site');
  const from = headers.get('origin');
  if (site === null && from === null) return refuseUnsaid;
  if ((site !== null && site !== 'same-origin') || (from !== null && from !== origin)) return refuseOther;
  return isFormless(headers) ? null : refuseForm;
}

/** Forms send three types only, and no header of their own. */
function isFormless(headers: Headers): boolean {
  if (headers.has(ownPageHeader)) return true;
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  return type !== '' && !formTypes.includes(type);
}

const formTypes = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

const refuseUnsaid = refuse(
  'cross-site',
  'A session writes from a browser only, and this request does not say which page it comes from.',
  'Programs come with a key instead: Authorization: Bearer KEY.',
);
const refuseOther = refuse(
  'cross-site',
  'This request comes from a page of another site.',
  'Do it on a page of this server.',
);
const refuseForm = refuse(
  'cross-site',
  'This request could come from a form of another site.',
  `Send JSON, or where there is no body a header ${ownPageHeader}: 1.`,
);
