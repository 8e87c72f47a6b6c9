/** The addresses of signing in as the OpenAPI document has them: their answers are redirects and OAuth's own bodies. */
import type { Json, JsonObject } from '../../schemas/json.ts';

/** What the document needs of its writer: how problems of these codes are described. */
export type ProblemResponses = (
  codes: readonly ('bad-request' | 'sign-in-refused' | 'not-found' | 'unavailable' | 'internal')[],
) => { readonly [status: string]: Json };

export function signInOperations(problemsOf: ProblemResponses): { readonly [path: string]: JsonObject } {
  return {
    '/v1/sign-in': {
      get: {
        operationId: 'beginSignIn',
        tags: ['Sign-in'],
        summary: 'Sign in',
        description:
          'For a browser: leads to the identity provider (OpenID Connect, authorisation code with PKCE), and from there back.',
        security: [],
        parameters: [
          {
            name: 'return_to',
            in: 'query',
            description: 'Where to go afterwards: a path of this server.',
            schema: { type: 'string', maxLength: 1000, default: '/' },
          },
          {
            name: 'max_age',
            in: 'query',
            description: 'How long ago the person may have shown the provider who they are, in seconds.',
            schema: { type: 'integer', minimum: 0, maximum: 2_592_000 },
          },
        ],
        responses: {
          '303': redirect('To the identity provider.'),
          ...problemsOf(['bad-request', 'not-found', 'unavailable', 'internal']),
        },
      },
    },
    '/v1/sign-in/callback': {
      get: {
        operationId: 'endSignIn',
        tags: ['Sign-in'],
        summary: 'Come back from the identity provider',
        description:
          'Opens a session, in a cookie that no script reads. Its parameters are those of the provider. Whoever did not begin here, or comes a second time, is refused.',
        security: [],
        responses: {
          '303': redirect('Signed in.'),
          ...problemsOf(['sign-in-refused', 'not-found', 'unavailable', 'internal']),
        },
      },
    },
    '/v1/token': {
      post: {
        operationId: 'issueToken',
        tags: ['Sign-in'],
        summary: 'Get an access token',
        description:
          'For services and agents: OAuth client credentials (RFC 6749, 4.4). `client_id` is the id of the principal or of its key, `client_secret` the key, in the form or as HTTP Basic. The token lasts ten minutes and ends with its key.',
        security: [],
        requestBody: {
          required: true,
          content: { 'application/x-www-form-urlencoded': { schema: tokenRequest } },
        },
        responses: {
          '200': { description: 'The token.', content: json(tokenResponse) },
          '400': {
            description: 'The request is refused, in the words of RFC 6749, 5.2.',
            content: json(tokenError),
          },
          '401': { description: 'There is no such client.', content: json(tokenError) },
          ...problemsOf(['unavailable', 'internal']),
        },
      },
    },
  };
}

const json = (schema: JsonObject): JsonObject => ({ 'application/json': { schema } });

function redirect(description: string): JsonObject {
  return {
    description,
    headers: {
      Location: { description: 'Where to.', schema: { type: 'string' } },
      'Set-Cookie': { description: 'What the browser keeps.', schema: { type: 'string' } },
    },
  };
}

const tokenRequest: JsonObject = {
  type: 'object',
  required: ['grant_type'],
  properties: {
    grant_type: { const: 'client_credentials' },
    client_id: { type: 'string' },
    client_secret: { type: 'string' },
    scope: { type: 'string', description: 'Joined by blanks; all of the key when left out.' },
  },
};

const tokenResponse: JsonObject = {
  type: 'object',
  required: ['access_token', 'token_type', 'expires_in', 'scope'],
  properties: {
    access_token: { type: 'string', description: 'Send it as Authorization: Bearer.' },
    token_type: { const: 'Bearer' },
    expires_in: { type: 'integer', description: 'Seconds.' },
    scope: { type: 'string' },
  },
};

const tokenError: JsonObject = {
  type: 'object',
  required: ['error', 'error_description'],
  properties: { error: { type: 'string' }, error_description: { type: 'string' } },
};
