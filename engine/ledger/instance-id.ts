/** Instance ids are UUIDs in lower case; version 7 ones sort by the time they were made. */
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isInstanceId(text: string): boolean {
  return uuid.test(text);
}
