/** Signing in, put together: the provider, the seal of what is under way, and the two cookies. */
import { type Cookie, openCookie } from './cookies.ts';
import { IdentityProvider } from './identity-provider.ts';
import type { SignInOptions } from './sign-in-options.ts';
import { TransactionSeal } from './sign-in-transaction.ts';

export interface SignIn {
  readonly options: SignInOptions;
  readonly provider: IdentityProvider;
  readonly seal: TransactionSeal;
  readonly session: Cookie;
  readonly underWay: Cookie;
}

export function openSignIn(options: SignInOptions): SignIn {
  return {
    options,
    provider: new IdentityProvider(options),
    seal: new TransactionSeal(options),
    session: openCookie(sessionCookie, options.origin),
    underWay: openCookie('countersign-sign-in', options.origin),
  };
}

export const sessionCookie = 'countersign';
