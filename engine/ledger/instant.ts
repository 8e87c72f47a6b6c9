/** SQL that writes a timestamp as entries do: ISO 8601, UTC, milliseconds. */
export function instant(expression: string): string {
  return `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
