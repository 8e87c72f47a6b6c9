/** What a problem code means: the page that the `type` of a problem leads to. */
import { type ProblemCode, problemCodes } from '../../schemas/problem-codes.ts';
import { problems } from '../problems.ts';
import { html, page } from './html.ts';

export function problemPage(code: ProblemCode): string {
  const { status, title, meaning } = problems[code];
  return page({
    title: `${title.en} · Countersign`,
    language: 'en',
    body: html`
<main class="landing">
  <p class="brand"><a href="/"><span class="seal" aria-hidden="true"></span> Countersign</a></p>
  <h1>${title.en}</h1>
  <p class="quiet" lang="vi">${title.vi}</p>
  <p><code>${code}</code>, HTTP ${status}</p>
  <p>${meaning}</p>
  <p>The answer itself says in <code>detail</code> why, and in <code>next</code> what to do.</p>
  <h2>All codes</h2>
  <ul class="codes">${problemCodes.map((other) => html`<li><a href="/problems/${other}">${other}</a> <span>${problems[other].title.en}</span></li>`)}</ul>
</main>`,
  });
}

export function isProblemCode(text: string): text is ProblemCode {
  return (problemCodes as readonly string[]).includes(text);
}
