import type { Ledger } from '../ledger/ledger.ts';
import { hashOfCasting } from './cast-vote.ts';
import type { Command } from './command.ts';
import type { Moved } from './engine-contract.ts';
import { refuse } from './refuse.ts';

/**
 * Answers those commands whose idempotency key took effect before: same body, same answer; another
 * body, a refusal. Returns the commands that it answered.
 */
export async function settleRepeated<C extends Pick<Command, 'caller' | 'idempotency' | 'settle'>>(
  ledger: Ledger,
  commands: readonly C[],
): Promise<ReadonlySet<C>> {
  const asked = commands.flatMap((command) =>
    command.idempotency === null || command.caller === null
      ? []
      : [{ command, principal: command.caller.principal.id, ...command.idempotency }],
  );
  if (asked.length === 0) return new Set();
  const answers = await ledger.loadAnswers(asked.map(({ principal, key }) => ({ principal, key })));
  const settled = new Set<C>();
  for (const { command, principal, key, bodyHash } of asked) {
    const stored = answers.get(`${principal} ${key}`);
    if (stored === undefined) continue;
    settled.add(command);
    const { proof = null } = command.caller ?? {};
    if (stored.bodyHash === bodyHash || stored.bodyHash === hashOfCasting(bodyHash, proof)) {
      command.settle({ kind: 'done', value: JSON.parse(stored.answer) as Moved });
    } else {
      command.settle(
        refuse(
          'idempotency-conflict',
          `The Idempotency-Key ${key} was used before with another request.`,
          'Use a new key for a new request; repeat a request with its own key and the same body.',
        ),
      );
    }
  }
  return settled;
}
