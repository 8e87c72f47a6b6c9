/** What the bench can find out, under which names, and what each is compared with. */

export interface ResultKind {
  readonly name: string;
  readonly unit: string;
  readonly against?: string;
}

export const deciding: readonly ResultKind[] = [
  { name: 'pure-step', unit: 'steps/s', against: 'bare-transition' },
  { name: 'bare-transition', unit: 'steps/s' },
];
export const storing: readonly ResultKind[] = [
  { name: 'durable-transitions', unit: 'steps/s', against: 'sql-floor' },
  { name: 'sql-floor', unit: 'steps/s' },
];
export const serving: readonly ResultKind[] = ['http-events', 'http-events-keyed'].flatMap((name) => [
  { name, unit: 'requests/s', against: 'durable-transitions' },
  { name: `${name}-p50`, unit: 'ms' },
  { name: `${name}-p99`, unit: 'ms', against: `${name}-p50` },
]);
export const verifying: readonly ResultKind[] = [{ name: 'verify-record', unit: 'entries/s' }];
export const starting: readonly ResultKind[] = [{ name: 'warm-start', unit: 'ms' }];
export const refusing: readonly ResultKind[] = [{ name: 'refuse-hostile-text', unit: 'ms' }];
/** Stands for one result a definition. */
export const linting: readonly ResultKind[] = [{ name: 'lint', unit: 'ms' }];

const all: readonly ResultKind[] = [
  ...deciding,
  ...storing,
  ...serving,
  ...verifying,
  ...starting,
  ...refusing,
  ...linting,
];

/** Names that may be asked for. */
export const benchResultNames: readonly string[] = all.map(({ name }) => name);

/** What was asked for with its latencies and what it is compared with; everything when nothing was asked for. */
export function wantedResults(only: readonly string[]): readonly ResultKind[] {
  const names = new Set(only.length === 0 ? benchResultNames : only);
  // A set that grows while it is walked is walked to its new end.
  for (const name of names) {
    const against = all.find((result) => result.name === name)?.against;
    if (against !== undefined) names.add(against);
    for (const latency of [`${name}-p50`, `${name}-p99`]) {
      if (benchResultNames.includes(latency)) names.add(latency);
    }
  }
  return all.filter(({ name }) => names.has(name));
}
