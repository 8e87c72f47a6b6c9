/** The answer that a repeated request led to before, for whoever must ask before its command does. */
import type { Ledger } from '../ledger/ledger.ts';
import type { Answer, Caller, Idempotency, Moved } from './engine-contract.ts';
import { settleRepeated } from './settle-repeated.ts';

/** Null when it is no repetition. */
export async function answeredBefore(
  ledger: Ledger,
  caller: Caller,
  idempotency: Idempotency | null,
): Promise<Answer<Moved> | null> {
  if (idempotency === null) return null;
  let answer: Answer<Moved> | null = null;
  const settle = (given: Answer<Moved>) => {
    answer = given;
  };
  await settleRepeated(ledger, [{ caller, idempotency, settle }]);
  return answer;
}
