/** The values of `format` that embedded schemas may use, each checked in linear time. */

const date = /^(\d{4})-(\d\d)-(\d\d)$/;
const instant = /^(\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const uuid = /^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/;

export const schemaFormats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['date', isDate],
  ['date-time', isInstant],
  ['uuid', (text: string) => uuid.test(text)],
  ['email', isEmail],
]);

/** A calendar date that exists, YYYY-MM-DD (RFC 3339). */
export function isDate(text: string): boolean {
  const parts = date.exec(text);
  if (parts === null) return false;
  const [, year = '', month = '', day = ''] = parts;
  const at = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  at.setUTCFullYear(Number(year));
  return at.getUTCMonth() === Number(month) - 1 && at.getUTCDate() === Number(day);
}

/** An instant with its offset (RFC 3339); no leap second. */
export function isInstant(text: string): boolean {
  const parts = instant.exec(text);
  if (parts === null) return false;
  const [, day = '', hour, minute, second, , offset = ''] = parts;
  const [offsetHour = '0', offsetMinute = '0'] = offset === 'Z' ? [] : offset.slice(1).split(':');
  const inRange = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  return isDate(day) && inRange && Number(offsetHour) < 24 && Number(offsetMinute) < 60;
}

function isEmail(text: string): boolean {
  if (text.length > 320) return false;
  const [name = '', domain = '', ...more] = text.split('@');
  const bare = (part: string) => part !== '' && !/[\s<>(),;:"[\]\\]/.test(part);
  return more.length === 0 && bare(name) && bare(domain) && !domain.startsWith('.') && !domain.endsWith('.');
}
