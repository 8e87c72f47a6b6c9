/**
 * A certified OpenID provider on real HTTP on this machine, and a browser to sign in with. Who sits before the browser
 * is in the test's hand: the provider asks for nothing else.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair } from 'jose';
import Provider, { type Configuration, type JWK } from 'oidc-provider';

export interface TestProvider {
  readonly issuer: string;
  /** Who signs in next, and how. */
  person: { subject: string; amr: string[]; acr: string; ts?: number };
  /** What it signs with, for tokens that it never gave. */
  readonly key: { readonly kid: string; readonly key: CryptoKey };
  close(): Promise<void>;
}

export const client = { id: 'countersign-test', secret: 'a secret of more than sixteen characters' };
/** A service that has an account at the provider. */
export const machine = { id: 'intake', secret: 'another secret of more than sixteen characters' };
export const apiAudience = 'https://countersign.example/api';

export async function openTestProvider(origin: string): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), kid: 'provider', use: 'sig', alg: 'RS256' };
  const provider = new Provider(issuer, { ...configurationFor(origin), jwks: { keys: [jwk as JWK] } });
  provider.on('server_error', (_, error) => console.error(error));
  const opened: TestProvider = {
    issuer,
    person: { subject: 'account-of-nobody', amr: ['pwd'], acr: 'urn:test:one' },
    key: { kid: 'provider', key: privateKey },
    close: () => closeServer(server),
  };
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return answer(request, response);
    const { subject, amr, acr, ts } = opened.person;
    const login = { accountId: subject, amr, acr, ...(ts === undefined ? {} : { ts }) };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  });
  return opened;
}

function configurationFor(origin: string): Configuration {
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [`${origin}/v1/sign-in/callback`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
      {
        client_id: machine.id,
        client_secret: machine.secret,
        redirect_uris: [],
        grant_types: ['client_credentials'],
        response_types: [],
      },
    ],
    pkce: { required: () => true },
    claims: { openid: ['sub', 'acr', 'amr'], auth_time: null },
    ttl: { Interaction: 60, Grant: 600, Session: 600, AccessToken: 60, IdToken: 60, ClientCredentials: 60 },
    acrValues: ['urn:test:one', 'urn:test:two'],
    cookies: { keys: ['a key of the test'] },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    // Nobody is asked for consent: the test's organisation has given it.
    async loadExistingGrant({ oidc }) {
      const { client: known, session } = oidc;
      if (known === undefined || session?.accountId === undefined) return undefined;
      const grant = new oidc.provider.Grant({ clientId: known.clientId, accountId: session.accountId });
      grant.addOIDCScope('openid');
      await grant.save();
      return grant;
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiAudience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'read start event propose decide',
          audience: apiAudience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** As a browser: keeps cookies by host and port, and follows redirects itself. */
export class TestBrowser {
  readonly #jars = new Map<string, Map<string, string>>();

  cookies(origin: string): Map<string, string> {
    const known = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, known);
    return known;
  }

  /** One request, without following. */
  async ask(address: string, init: RequestInit = {}): Promise<Response> {
    const { origin } = new URL(address);
    const jar = this.cookies(origin);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...(cookie === '' ? {} : { cookie }), ...(init.headers as Record<string, string>) };
    const response = await fetch(address, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const name = pair.slice(0, pair.indexOf('='));
      const value = pair.slice(pair.indexOf('=') + 1);
      if (value === '' || /max-age=0|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Follows redirects from an address up to one that matches; answers it without asking for it. */
  async followTo(address: string, stop: RegExp): Promise<string> {
    let at = address;
    for (let step = 0; step < 12; step += 1) {
      if (stop.test(at)) return at;
      const response = await this.ask(at);
      const location = response.headers.get('location');
      if (location === null) throw new Error(`${at} answered ${response.status}: ${await response.text()}`);
      at = new URL(location, at).href;
    }
    throw new Error(`There is no end of redirects at ${at}.`);
  }
}
