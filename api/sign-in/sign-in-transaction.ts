/**
 * A sign-in that is under way, as the browser carries it: sealed, so that nobody reads or makes one, and so that
 * whoever merely comes by leaves nothing in the database. Every node can open it, for its key follows from the
 * client's secret.
 */
import { hkdfSync, randomBytes } from 'node:crypto';
import { EncryptJWT, errors, jwtDecrypt } from 'jose';
import type { SignInOptions } from './sign-in-options.ts';

export interface SignInTransaction {
  /** What no other sign-in has. */
  readonly id: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
  /** How recent the person's sign-in at the provider must be, in seconds; null: it does not matter. */
  readonly maxAgeSeconds: number | null;
}

/** Longer than anybody takes to sign in, and shorter than anybody forgets that they began. */
export const transactionSeconds = 600;

export class TransactionSeal {
  readonly #key: Uint8Array;

  constructor({ issuer, clientId, clientSecret, origin }: SignInOptions) {
    const purpose = `countersign sign-in\n${issuer}\n${clientId}\n${origin}`;
    this.#key = new Uint8Array(hkdfSync('sha256', clientSecret, '', purpose, 32));
  }

  seal({ id, ...rest }: SignInTransaction): Promise<string> {
    return new EncryptJWT({ ...rest })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setJti(id)
      .setExpirationTime(`${transactionSeconds}s`)
      .encrypt(this.#key);
  }

  /** Null when it was not sealed here, or is too old. */
  async open(sealed: string): Promise<SignInTransaction | null> {
    try {
      const { payload } = await jwtDecrypt(sealed, this.#key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        requiredClaims: ['jti', 'exp'],
      });
      const { jti, state, nonce, verifier, returnTo, maxAgeSeconds } = payload;
      // Whatever opens was sealed above: what is in it has the form that it had there.
      return { id: jti, state, nonce, verifier, returnTo, maxAgeSeconds } as SignInTransaction;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
}

export const newTransactionId = () => randomBytes(16).toString('base64url');
