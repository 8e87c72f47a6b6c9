/**
 * How long the reasons may be that a secret ballot's outcome writes into the data of the case. Nobody can change their
 * vote once the ballots are counted, so what is said must fit before it is cast, and all of it together at the count.
 */
import { type CompiledProcess, type GateOutcome, gateRemarks } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';

/** In characters; infinite where nothing limits it. */
export function mostRemarks(
  { candidates, definition }: CompiledProcess,
  gate: string,
  outcome: GateOutcome,
): number {
  const ways = candidates.get(gate)?.get(`countersign.outcome.${gate}.${outcome}`) ?? [];
  const properties = (definition.context.properties ?? {}) as Fields;
  const limits = ways.flatMap(({ assign }) =>
    [...assign]
      .filter(([, { source }]) => source.trim() === gateRemarks)
      .map(([field]) => memberOf(properties, field)?.maxLength)
      .filter((most) => typeof most === 'number'),
  );
  return Math.min(...limits);
}

interface Fields {
  readonly [field: string]: { readonly maxLength?: unknown };
}

/** Whole reasons, one a line: as many of them, in their order, as fit. */
export function joinReasons(reasons: readonly string[], most: number): string {
  let joined: string | null = null;
  for (const reason of reasons) {
    const longer: string = joined === null ? reason : `${joined}\n${reason}`;
    if (lengthOf(longer) <= most) joined = longer;
  }
  return joined ?? '';
}

/** As JSON Schema counts it: in code points. */
export const lengthOf = (text: string): number => [...text].length;
