/** Runs a property with examples that are the same in every run and with new ones, so that counting what it saw never depends on luck. */
import fc from 'fast-check';

const fixedSeed = 379;

/** Half of the runs with a seed that never changes, half with a new one. A failure prints the seed that shows it. */
export function assertFixedAndNew<T>(
  property: fc.IProperty<T>,
  { numRuns }: { readonly numRuns: number },
): void {
  const half = Math.ceil(numRuns / 2);
  fc.assert(property, { numRuns: half, seed: fixedSeed });
  fc.assert(property, { numRuns: half });
}
