/** What the server must know of the identity provider, and of itself, so that people can sign in. */
import type { SignInSettings } from '../../engine/index.ts';

export type SignInOptions = Pick<
  SignInSettings,
  'issuer' | 'clientId' | 'clientSecret' | 'origin' | 'audience'
>;
