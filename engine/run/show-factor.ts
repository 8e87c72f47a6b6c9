/**
 * Takes a factor that somebody hands in, for one purpose: asks the database about a code, checks a signature, and
 * has either spent. What comes back is what the record keeps. It knows neither gates nor enrolment.
 */
import type { FactorKind, ShownFactor, SignedParts } from '../oversight/assurance.ts';
import type { Refusal } from '../step/step.ts';
import type { BatchWorld } from './command-batch.ts';
import type { GivenFactor } from './factor-contract.ts';
import { refuse } from './refuse.ts';

/** What it is shown for, in both of its spellings. */
export interface ShownPurpose {
  readonly principal: string;
  readonly purpose: string;
  readonly statement: (parts: SignedParts) => string;
}

export async function showFactor(
  world: BatchWorld,
  { principal, purpose }: ShownPurpose,
  given: GivenFactor,
): Promise<ShownFactor | Refusal> {
  if (given.kind !== 'otp') return refuseNone(given.kind);
  const shown = await world.ledger.showCode(principal, purpose, given.code);
  if (shown.outcome === 'shown') return { kind: 'otp', id: shown.factor, step: shown.step };
  return shown.outcome === 'none' ? refuseNone('otp') : refuseCode(shown.outcome);
}

export function refuseCode(outcome: 'wrong' | 'used' | 'limited'): Refusal {
  if (outcome === 'limited') {
    return refuse(
      'too-many-attempts',
      'Too many wrong codes came for you in the last quarter of an hour.',
      'Wait a quarter of an hour. If it was not you who tried, tell a key administrator.',
    );
  }
  if (outcome === 'used') {
    return refuse(
      'factor-refused',
      'This has been used already; each code and each signature counts once.',
      'Wait for the next code, at most thirty seconds, or sign anew.',
    );
  }
  return refuse(
    'factor-refused',
    'The one-time code is wrong.',
    'Enter the code that your app shows now, and see that the clock of its device is right.',
  );
}

export function refuseNone(kind: FactorKind): Refusal {
  return refuse(
    'factor-refused',
    `You have enrolled nothing of the kind ${kind} that this could be.`,
    'See what you have under /v1/me/factors, and enrol it there first.',
  );
}
