import { expect, test } from 'vitest';
import { html, inlineCode, prose } from '../../../api/pages/html.ts';

test('values are escaped, templates inside templates are not', () => {
  const hostile = `<script>alert("1")</script>&'`;
  expect(html`<p title="${hostile}">${html`<b>${hostile}</b>`}</p>`.text).toBe(
    '<p title="&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;"><b>&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;</b></p>',
  );
});

test('nothing is written for what is not there, and lists are joined', () => {
  expect(html`${null}${undefined}${false}${[1, ['<', html`<br>`]]}`.text).toBe('1&#60;<br>');
});

test('descriptions keep their paragraphs and their code', () => {
  expect(prose('One `a<b`.\n\nTwo.').text).toBe('<p>One <code>a&#60;b</code>.</p><p>Two.</p>');
  expect(inlineCode('`x`').text).toBe('<code>x</code>');
});
