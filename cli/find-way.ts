/** Which counterexample of the proof belongs to a finding. */
import type { Counterexample } from '../engine/index.ts';
import type { Finding } from '../schemas/finding.ts';

/** Undefined for other findings, and where the proof failed without finding a way. */
export function findWay(
  { code, line, column, message }: Finding,
  counterexamples: readonly Counterexample[],
): Counterexample | undefined {
  if (code !== 'oversight-not-proven') return undefined;
  return counterexamples.find(
    ({ kind, effect, position }) =>
      position.line === line &&
      position.column === column &&
      message.includes(kind === null ? effect : `"${kind}" is undecided`),
  );
}
