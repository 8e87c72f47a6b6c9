/** A refusal as a page, for people whom a redirect brought here. */
import type { Refusal } from '../../engine/index.ts';
import { problems } from '../problems.ts';
import { html, page } from './html.ts';

export function refusalPage({ code, message, next }: Refusal, request: string): string {
  const { title } = problems[code];
  return page({
    title: `${title.en} · Countersign`,
    language: 'en',
    body: html`
<main class="landing">
  <p class="brand"><a href="/"><span class="seal" aria-hidden="true"></span> Countersign</a></p>
  <h1>${title.en}</h1>
  <p class="quiet" lang="vi">${title.vi}</p>
  <p>${message}</p>
  <p>${next}</p>
  <p><a href="/v1/sign-in" lang="vi">Đăng nhập lại</a> · <a href="/v1/sign-in">Sign in again</a></p>
  <p class="quiet"><code>${code}</code>, request <code>${request}</code></p>
</main>`,
  });
}
