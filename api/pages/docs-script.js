/**
 * What the documentation page does in the browser: find operations, and try them with the reader's own
 * key. The key stays in its field; nothing is stored. The page reads whole without this script.
 */

const articles = [...document.querySelectorAll('.operation')];
document.documentElement.classList.add('scripted');

/** On a narrow screen the contents would push the page away. */
const contents = document.getElementById('contents');
if (matchMedia('(max-width: 56rem)').matches) contents.open = false;
contents.addEventListener('click', (event) => {
  if (event.target.closest('a') && matchMedia('(max-width: 56rem)').matches) contents.open = false;
});

/** What an operation is found by: all of it but the long sentences on its refusals. */
const searched = ':scope > h3, :scope > p, :scope > .fields, :scope > .body, :scope > .answer > summary';
const texts = new Map(
  articles.map((article) => [
    article,
    [...article.querySelectorAll(searched)].map((part) => part.textContent.toLowerCase()).join(' '),
  ]),
);

const find = document.getElementById('find');
find.addEventListener('input', () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const article of articles) {
    const shown = words.every((word) => texts.get(article).includes(word));
    article.hidden = !shown;
    for (const item of document.querySelectorAll(`[data-for="${article.id}"]`)) item.hidden = !shown;
  }
  for (const section of document.querySelectorAll('.tag')) {
    section.hidden = articles
      .filter((article) => section.contains(article))
      .every((article) => article.hidden);
  }
  document.getElementById('nothing').hidden = articles.some((article) => !article.hidden);
});
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea');
  if (event.key === '/' && !typing) {
    event.preventDefault();
    find.focus();
  }
});

/** A link to a schema opens it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches('details')) target.open = true;
}
addEventListener('hashchange', openTarget);
openTarget();

for (const article of articles) addTrial(article);

function addTrial(article) {
  const { method, path } = article.dataset;
  const trial = make('details', { className: 'try' }, [make('summary', { textContent: 'Try it' })]);
  const fields = [...article.querySelectorAll(':scope > .fields > dt[data-name]')]
    .map((term) => ({ name: term.dataset.name, place: term.dataset.in }))
    .filter(({ name }) => name !== 'field.NAME');
  const inputs = fields.map((field) => {
    const input = make('input', { type: 'text', autocomplete: 'off', spellcheck: false });
    trial.append(make('label', {}, [`${field.name} (${field.place})`, input]));
    return { ...field, input };
  });
  const body = article.querySelector('.body');
  const example = body?.querySelector('.example')?.textContent ?? '';
  const text = body === null ? null : make('textarea', { value: example, spellcheck: false });
  if (text !== null) trial.append(make('label', {}, [`Body (${body.dataset.media})`, text]));
  const output = make('output', {});
  const send = make('button', {
    type: 'button',
    textContent: method === 'GET' ? 'Send' : 'Send: this acts for real',
  });
  send.addEventListener('click', async () => {
    send.disabled = true;
    try {
      output.replaceChildren(await sendRequest(method, path, inputs, text?.value, body?.dataset.media));
    } finally {
      send.disabled = false;
    }
  });
  trial.append(send, output);
  article.append(trial);
}

async function sendRequest(method, path, inputs, body, mediaType) {
  const filled = inputs.filter(({ input }) => input.value !== '');
  const headers = {};
  const key = document.getElementById('key').value.trim();
  if (key !== '') headers.authorization = `Bearer ${key}`;
  if (body !== undefined && body !== '') headers['content-type'] = mediaType;
  let address = path;
  const query = new URLSearchParams();
  for (const { name, place, input } of filled) {
    if (place === 'path') address = address.replace(`{${name}}`, encodeURIComponent(input.value));
    if (place === 'query') query.set(name, input.value);
    if (place === 'header') headers[name] = input.value;
  }
  const missing = /\{(\w+)\}/.exec(address)?.[1];
  if (missing !== undefined) return make('p', { textContent: `Fill in ${missing} first.` });
  if (query.size > 0) address += `?${query}`;
  try {
    const answer = await fetch(address, { method, headers, ...(body ? { body } : {}) });
    const shown = ['etag', 'location', 'www-authenticate', 'x-request-id']
      .filter((name) => answer.headers.has(name))
      .map((name) => `${name}: ${answer.headers.get(name)}`);
    const content = await answer.text();
    return make('pre', {
      textContent: [`${answer.status} ${answer.statusText}`, ...shown, '', indented(content)].join('\n'),
    });
  } catch (error) {
    return make('p', { textContent: `The request did not reach the server: ${error.message}` });
  }
}

function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function make(name, properties, children = []) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}
