import type { Json } from '../../schemas/json.ts';

/**
 * Values of `output.result` that say a process ended without what it was for. Every other ending, one
 * without an output included, reports success, and so is an effect that no live proposal may reach (P2).
 */
export const endingsWithoutSuccess: readonly string[] = [
  'rejected',
  'withdrawn',
  'cancelled',
  'failed',
  'expired',
  'abandoned',
];

/** Whether this output of an ended instance says that it ended without success. */
export function endedWithoutSuccess(output: Json): boolean {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return false;
  const result = Object.hasOwn(output, 'result') ? (output as { readonly result: Json }).result : null;
  return typeof result === 'string' && endingsWithoutSuccess.includes(result);
}
