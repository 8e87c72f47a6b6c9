/** Sessions for tests of what hangs on them, opened past any identity provider. */

import { sha256Hex } from '../../engine/evidence/sha256.ts';
import type { Caller } from '../../engine/index.ts';
import type { Ledger, NewSession } from '../../engine/ledger/ledger.ts';
import { keyHashOf, proofOf } from '../../engine/run/key-proof.ts';

/** Opens one, and answers what the engine has of whoever comes with it. */
export async function openTestSession(
  ledger: Pick<Ledger, 'openSession'>,
  id: string,
  principal: string,
  parts: Partial<NewSession> = {},
): Promise<Pick<Caller, 'authentication' | 'proof'>> {
  const proof = proofOf(`secret of ${id}`);
  const opening = await ledger.openSession({
    id,
    hash: keyHashOf(proof),
    principal,
    issuer: 'https://id.example',
    subject: `account of ${principal}`,
    acr: null,
    amr: ['pwd'],
    authenticatedAt: '2026-01-05T08:00:00.000Z',
    lifetimeSeconds: 3600,
    idleSeconds: 600,
    signIn: sha256Hex(id),
    replaces: null,
    ...parts,
  });
  if (opening.kind !== 'opened') throw new Error(`The session ${id} was not opened: ${opening.kind}.`);
  return { authentication: [`session:${id}`], proof };
}
