/**
 * The HTTP face of an engine: its routes, the document that describes them, and the pages for people.
 * It knows HTTP and nothing of how instances move.
 */

import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Engine } from '../engine/index.ts';
import { type ApiContext, answerRequest, refusalFor, toResponse } from './answer-request.ts';
import { describeError, type Logger } from './log.ts';
import { oncePerVersion } from './once-per-version.ts';
import { openApiDocument } from './openapi.ts';
import { mountPages, pagePaths } from './pages/mount-pages.ts';
import { problemText, refuse, statusOf } from './problems.ts';
import { requestId } from './request-id.ts';
import type { OpenRoute } from './route.ts';
import { allRoutes } from './routes/all-routes.ts';
import { serviceRoutes } from './routes/service.ts';
import { mountScim } from './scim/mount-scim.ts';
import { apiHeaders } from './security-headers.ts';
import { mountSignIn, signInAddresses } from './sign-in/mount-sign-in.ts';
import { openSignIn } from './sign-in/open-sign-in.ts';
import type { SignInOptions } from './sign-in/sign-in-options.ts';

export type App = Hono<{ Bindings: Partial<HttpBindings> }>;

export interface AppOptions {
  /** Without it, nothing is logged. */
  readonly log?: Logger;
  /** Shown in the document and on the pages. */
  readonly version?: string;
  /** The identity provider that people sign in at; without it there are keys alone. */
  readonly signIn?: SignInOptions;
}

export function createApp(engine: Engine, options: AppOptions = {}): App {
  const { log, version = '0.1.0' } = options;
  const app: App = new Hono();
  const signIn = options.signIn === undefined ? null : openSignIn(options.signIn);
  for (const route of allRoutes) {
    // One handler and no middleware: each layer would cost every event.
    app.on(route.method, honoPath(route.path), answerRequest(engine, route, log, signIn));
  }
  for (const route of serviceRoutes) {
    app.get(honoPath(route.path), (context) => answerOpen(engine, route, context));
  }
  mountSignIn(app, engine, signIn, log);
  mountScim(app, engine, signIn, log);
  app.get('/v1/openapi.json', () => new Response(documentText(version), { headers: documentHeaders }));
  mountPages(app, version);
  app.notFound((context) => answerUnknown(context));
  app.onError((error, context) => {
    const request = requestId(context.req.raw.headers.get('traceparent'));
    log?.error({ request, error: describeError(error) }, 'a request failed');
    return toResponse(refusalFor(error), { status: 500 }, request);
  });
  return app;
}

const documentText = oncePerVersion((version) => JSON.stringify(openApiDocument(version)));
const documentHeaders = { ...apiHeaders('document', 'application/json'), 'cache-control': 'no-cache' };

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

async function answerOpen(engine: Engine, route: OpenRoute, context: ApiContext): Promise<Response> {
  const request = requestId(context.req.raw.headers.get('traceparent'));
  return toResponse(await route.handle(engine), route.success, request);
}

/** Unknown address: 404. Known address, other method: 405 with what it takes. */
function answerUnknown(context: ApiContext): Response {
  const request = requestId(context.req.raw.headers.get('traceparent'));
  const allowed = methodsAt(context.req.path);
  const refusal =
    allowed.length === 0
      ? refuse('not-found', 'There is nothing at this address.', 'See /docs for what there is.')
      : refuse(
          'method-not-allowed',
          `This address does not take ${context.req.method.slice(0, 20)}.`,
          `Use ${allowed.join(' or ')}.`,
        );
  return new Response(problemText(refusal, request), {
    status: statusOf(refusal.code),
    headers: apiHeaders(
      request,
      'application/problem+json',
      allowed.length === 0 ? {} : { allow: allowed.join(', ') },
    ),
  });
}

const addresses = [
  ...allRoutes,
  ...serviceRoutes,
  { method: 'GET', path: '/v1/openapi.json' },
  ...signInAddresses,
  ...pagePaths.map((path) => ({ method: 'GET', path })),
].map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));

function methodsAt(path: string): string[] {
  const methods = addresses.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  if (methods.includes('GET')) methods.push('HEAD');
  return [...new Set(methods)];
}
