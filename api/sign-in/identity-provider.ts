/**
 * Talks to the identity provider: where to send somebody who wants to sign in, what came of it, and whose an access
 * token is. It believes nothing that is not signed by the provider, and knows nothing of who anybody is here.
 */
import { createRemoteJWKSet, type JWTVerifyGetKey, errors as joseErrors, jwtVerify } from 'jose';
import * as client from 'openid-client';
import type { SignInOptions } from './sign-in-options.ts';
import type { SignInTransaction } from './sign-in-transaction.ts';

/** Whom the provider vouched for, and how they showed it. */
export interface Vouched {
  readonly kind: 'vouched';
  readonly issuer: string;
  readonly subject: string;
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** ISO 8601; null where the provider does not say. */
  readonly authenticatedAt: string | null;
}

/** Why it vouched for nobody, as a part of a sentence. */
export interface NotVouched {
  readonly kind: 'not-vouched';
  readonly why: string;
}

export interface AccessTokenClaims {
  readonly issuer: string;
  readonly subject: string;
  readonly scopes: readonly string[];
}

/** The provider does not answer, or not as one does: the message is for the log of whoever operates the server. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';

  constructor(what: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${what}: ${why}`, { cause });
  }
}

const answerSeconds = 10;
/** Whoever signed in at the provider longer ago than a day shows once more who they are. */
const usualMaxAgeSeconds = 24 * 3600;
const clockSkewSeconds = 5;
/** Signatures by the provider's own key alone: a shared secret or none at all proves nothing to others. */
const signatureAlgorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export class IdentityProvider {
  readonly #options: SignInOptions;
  #discovered: Promise<client.Configuration> | null = null;
  #keys: JWTVerifyGetKey | null = null;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  get redirectUri(): string {
    return `${this.#options.origin}/v1/sign-in/callback`;
  }

  /** A sign-in to begin: what the browser carries, and where it goes. */
  async begin(
    id: string,
    returnTo: string,
    maxAgeSeconds: number | null,
  ): Promise<{ readonly transaction: SignInTransaction; readonly address: URL }> {
    const configuration = await this.#configuration();
    const verifier = client.randomPKCECodeVerifier();
    const [state, nonce] = [client.randomState(), client.randomNonce()];
    const address = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri,
      scope: 'openid',
      response_type: 'code',
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
      // Asked always, since providers that know it then say when the person showed who they are.
      max_age: String(maxAgeSeconds ?? usualMaxAgeSeconds),
    });
    return { transaction: { id, state, nonce, verifier, returnTo, maxAgeSeconds }, address };
  }

  /** What came of it. `query` is that of the callback, with its question mark. */
  async complete(transaction: SignInTransaction, query: string): Promise<Vouched | NotVouched> {
    const configuration = await this.#configuration();
    try {
      const tokens = await client.authorizationCodeGrant(configuration, new URL(this.redirectUri + query), {
        pkceCodeVerifier: transaction.verifier,
        expectedState: transaction.state,
        expectedNonce: transaction.nonce,
        idTokenExpected: true,
        ...(transaction.maxAgeSeconds === null ? {} : { maxAge: transaction.maxAgeSeconds }),
      });
      const claims = tokens.claims();
      if (claims === undefined)
        return { kind: 'not-vouched', why: 'the identity provider says nothing of who it was' };
      return {
        kind: 'vouched',
        issuer: claims.iss,
        subject: claims.sub,
        acr: textIn(claims.acr),
        amr: Array.isArray(claims.amr) ? claims.amr.flatMap((one) => textIn(one) ?? []).slice(0, 20) : [],
        authenticatedAt:
          typeof claims.auth_time === 'number' ? new Date(claims.auth_time * 1000).toISOString() : null,
      };
    } catch (error) {
      return notVouched(error);
    }
  }

  /** Where a browser signs out there, too (OpenID Connect RP-Initiated Logout); null when that cannot be told. */
  async signOutAddress(): Promise<string | null> {
    try {
      const configuration = await this.#configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
      return client.buildEndSessionUrl(configuration).href;
    } catch (error) {
      // Whoever signs out is signed out here, whether the provider answers or not.
      if (error instanceof ProviderUnavailable) return null;
      throw error;
    }
  }

  /** Of an access token that is a JWT of the provider for this server (RFC 9068); null for any other. */
  async readAccessToken(token: string): Promise<AccessTokenClaims | null> {
    const { issuer, audience } = this.#options;
    if (audience === null) return null;
    const configuration = await this.#configuration();
    const address = configuration.serverMetadata().jwks_uri;
    if (address === undefined) return null;
    this.#keys ??= createRemoteJWKSet(new URL(address), { timeoutDuration: answerSeconds * 1000 });
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience,
        algorithms: signatureAlgorithms,
        requiredClaims: ['sub', 'exp'],
        clockTolerance: clockSkewSeconds,
      });
      const scopes = typeof payload.scope === 'string' ? payload.scope.split(' ') : [];
      return payload.sub === undefined ? null : { issuer, subject: payload.sub, scopes };
    } catch (error) {
      if (error instanceof joseErrors.JWKSTimeout || !(error instanceof joseErrors.JOSEError))
        throw new ProviderUnavailable('The keys of the identity provider cannot be had', error);
      return null;
    }
  }

  /** Found out when it is first needed, so that the server starts and keys work while the provider is away. */
  #configuration(): Promise<client.Configuration> {
    this.#discovered ??= this.#discover().catch((error: unknown) => {
      this.#discovered = null;
      throw new ProviderUnavailable('The identity provider cannot be reached', error);
    });
    return this.#discovered;
  }

  async #discover(): Promise<client.Configuration> {
    const { issuer, clientId, clientSecret } = this.#options;
    // The settings let plain HTTP pass on this very machine only.
    const insecure = issuer.startsWith('http:') ? [client.allowInsecureRequests] : [];
    const found = await client.discovery(new URL(issuer), clientId, undefined, undefined, {
      execute: insecure,
      timeout: answerSeconds,
    });
    const server = found.serverMetadata();
    const takesPost = server.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true;
    const authentication = takesPost
      ? client.ClientSecretPost(clientSecret)
      : client.ClientSecretBasic(clientSecret);
    const metadata = { [client.clockTolerance]: clockSkewSeconds };
    const configuration = new client.Configuration(server, clientId, metadata, authentication);
    configuration.timeout = answerSeconds;
    for (const allow of insecure) allow(configuration);
    // The connection alone would do by the standard; but who signed in is evidence, and so is checked by signature.
    client.enableNonRepudiationChecks(configuration);
    return configuration;
  }
}

/** What the browser brought back is at fault, or the provider: whoever is told must know which. */
function notVouched(error: unknown): NotVouched {
  if (error instanceof client.AuthorizationResponseError) {
    return { kind: 'not-vouched', why: `the identity provider said ${quoted(error.error)}` };
  }
  if (error instanceof client.ResponseBodyError && error.status < 500) {
    return { kind: 'not-vouched', why: `the identity provider refused the code: ${quoted(error.error)}` };
  }
  if (error instanceof client.ClientError && !unavailableCodes.includes(error.code ?? '')) {
    return { kind: 'not-vouched', why: 'what came back does not fit what was asked' };
  }
  throw new ProviderUnavailable('The identity provider cannot be reached', error);
}

const unavailableCodes = ['OAUTH_TIMEOUT', 'OAUTH_ABORT', 'OAUTH_HTTP_REQUEST_FORBIDDEN'];

/** A code of a closed form; whatever else somebody put into the address is not repeated. */
const quoted = (code: string) => (/^[a-z_]{1,60}$/.test(code) ? code : 'no');

function textIn(value: unknown): string | null {
  return typeof value === 'string' && /^[ -~]{1,200}$/.test(value) ? value : null;
}
