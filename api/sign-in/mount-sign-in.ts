/** The addresses by which one comes to be a caller: they take no caller themselves. */
import type { Engine, Refusal } from '../../engine/index.ts';
import { type ApiContext, refusalFor, toResponse } from '../answer-request.ts';
import type { App } from '../create-app.ts';
import { describeError, type Logger } from '../log.ts';
import { refusalPage } from '../pages/refusal-page.ts';
import { refuse, statusOf } from '../problems.ts';
import { requestId } from '../request-id.ts';
import { apiHeaders, pageHeaders } from '../security-headers.ts';
import type { SignIn } from './open-sign-in.ts';
import { beginSignIn, endSignIn, type Redirect } from './sign-in-routes.ts';
import { answerToken } from './token-endpoint.ts';

export const signInAddresses = [
  { method: 'GET', path: '/v1/sign-in' },
  { method: 'GET', path: '/v1/sign-in/callback' },
  { method: 'POST', path: '/v1/token' },
] as const;

export function mountSignIn(app: App, engine: Engine, signIn: SignIn | null, log: Logger | undefined): void {
  app.get('/v1/sign-in', (context) =>
    answerBrowser(context, log, signIn, async (opened) =>
      beginSignIn(opened, new URL(context.req.url).searchParams),
    ),
  );
  app.get('/v1/sign-in/callback', (context) =>
    answerBrowser(context, log, signIn, async (opened) => {
      const cookies = context.req.raw.headers.get('cookie');
      const outcome = await endSignIn(engine, opened, new URL(context.req.url).search, cookies);
      // Whatever came of it, this sign-in is over.
      const over = opened.underWay.clear();
      return outcome.kind === 'refusal'
        ? { ...outcome, cookies: [over] }
        : { ...outcome, cookies: [...outcome.cookies, over] };
    }),
  );
  app.post('/v1/token', async (context) => {
    const request = requestId(context.req.raw.headers.get('traceparent'));
    const { status, body, headers } = await answerToken(engine, context.req.raw, context.env?.incoming);
    log?.info({ request, method: 'POST', route: '/v1/token', status, code: body.error });
    return new Response(JSON.stringify(body), {
      status,
      headers: apiHeaders(request, 'application/json', headers),
    });
  });
}

type Outcome = Redirect | (Refusal & { readonly cookies?: readonly string[] });

async function answerBrowser(
  context: ApiContext,
  log: Logger | undefined,
  signIn: SignIn | null,
  work: (signIn: SignIn) => Promise<Outcome>,
): Promise<Response> {
  const request = requestId(context.req.raw.headers.get('traceparent'));
  let outcome: Outcome;
  try {
    outcome = signIn === null ? refuseWithout : await work(signIn);
  } catch (error) {
    log?.error({ request, error: describeError(error) }, 'a request failed');
    outcome = refusalFor(error);
  }
  const response = toBrowser(outcome, request, context.req.raw.headers.get('accept'));
  for (const cookie of outcome.cookies ?? []) response.headers.append('set-cookie', cookie);
  const code = outcome.kind === 'refusal' ? outcome.code : undefined;
  log?.info({ request, method: 'GET', route: context.req.path, status: response.status, code });
  return response;
}

/** People get a page that they can read, programs the problem. */
function toBrowser(outcome: Outcome, request: string, accept: string | null): Response {
  if (outcome.kind === 'redirect') {
    return new Response(null, {
      status: 303,
      headers: { ...apiHeaders(request), location: outcome.address, 'referrer-policy': 'no-referrer' },
    });
  }
  if (accept?.includes('text/html') !== true) return toResponse(outcome, { status: 303 }, request);
  return new Response(refusalPage(outcome, request), {
    status: statusOf(outcome.code),
    headers: { ...pageHeaders, 'cache-control': 'no-store', 'x-request-id': request },
  });
}

const refuseWithout = refuse(
  'not-found',
  'Nobody signs in at this server: it has no identity provider.',
  'Come with a key, or have whoever operates the server set COUNTERSIGN_OIDC_ISSUER.',
);
