/** The pages for people: what this is, the API to browse, and what each problem means. No outside assets. */
import { readFileSync } from 'node:fs';
import type { App } from '../create-app.ts';
import { oncePerVersion } from '../once-per-version.ts';
import { openApiDocument } from '../openapi.ts';
import { problemText, refuse, statusOf } from '../problems.ts';
import { requestId } from '../request-id.ts';
import { apiHeaders, pageHeaders } from '../security-headers.ts';
import { docsPage } from './docs-page.ts';
import { landingPage } from './landing-page.ts';
import { isProblemCode, problemPage } from './problem-page.ts';

/** Addresses this serves, as the app needs them to tell an unknown address from a wrong method. */
export const pagePaths = ['/', '/docs', '/assets/page.css', '/assets/docs.js', '/problems/{code}'] as const;

export function mountPages(app: App, version: string): void {
  const styles = readFileSync(new URL('page.css', import.meta.url), 'utf8');
  const script = readFileSync(new URL('docs-script.js', import.meta.url), 'utf8');

  app.get('/', () => new Response(landingPage(version), { headers: pageHeaders }));
  app.get('/docs', () => new Response(docsOf(version), { headers: pageHeaders }));
  app.get('/assets/page.css', () => new Response(styles, { headers: assetHeaders('text/css') }));
  app.get('/assets/docs.js', () => new Response(script, { headers: assetHeaders('text/javascript') }));
  app.get('/problems/:code', (context) => {
    const code = context.req.param('code');
    if (isProblemCode(code)) return new Response(problemPage(code), { headers: pageHeaders });
    const request = requestId(null);
    const unknown = refuse('not-found', 'There is no such problem code.', 'See /docs for what there is.');
    return new Response(problemText(unknown, request), {
      status: statusOf('not-found'),
      headers: apiHeaders(request, 'application/problem+json'),
    });
  });
}

const docsOf = oncePerVersion((version) => docsPage(openApiDocument(version)));

function assetHeaders(type: string) {
  return { ...pageHeaders, 'content-type': `${type}; charset=utf-8` };
}
