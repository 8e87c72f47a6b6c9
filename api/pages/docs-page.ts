/** The OpenAPI document as a page to browse. Written once, whole, so that it reads without its script too. */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { type Html, html, inlineCode, page, prose } from './html.ts';
import { schemaTree } from './schema-tree.ts';

export function docsPage(document: JsonObject): string {
  const info = object(document.info);
  const groups = operationsByTag(document);
  const schemas = object(object(document.components).schemas);
  return page({
    title: 'Countersign API',
    language: 'en',
    script: '/assets/docs.js',
    body: html`
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
  <p class="brand"><a href="/"><span class="seal" aria-hidden="true"></span> Countersign</a> <small>API ${text(info.version)}</small></p>
  <label class="find"><span>Find</span> <input id="find" type="search" autocomplete="off" placeholder="event, gate …"></label>
</header>
<div class="layout">
  <nav aria-label="Operations">
    <details id="contents" open>
      <summary>Contents</summary>
      ${groups.map(contentsOf)}
      <p class="group"><a href="#schemas">Schemas</a></p>
    </details>
  </nav>
  <main id="main" tabindex="-1">
    <h1>${text(info.title)} API</h1>
    ${prose(text(info.description))}
    <p>The same as a document for tools: <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>
    <section class="key" aria-labelledby="key-title">
      <h2 id="key-title">Your key</h2>
      <p>Every address but those under “Service” and “Sign-in” needs a header <code>Authorization: Bearer KEY</code>, or the session of somebody who signed in at <code>/v1/sign-in?return_to=/docs</code>.</p>
      <p class="with-script"><label>Key to try requests with <input id="key" type="password" autocomplete="off" spellcheck="false"></label> <small>Kept on this page only, until you close it.</small></p>
    </section>
    <p id="nothing" role="status" hidden>Nothing matches.</p>
    ${groups.map((group) => groupOf(group, schemas))}
    <section class="schemas" id="schemas">
      <h2>Schemas</h2>
      ${Object.entries(schemas).map(
        ([name, schema]) => html`
      <details class="schema" id="schema-${name}"><summary><code>${name}</code></summary>${schemaTree(object(schema))}</details>`,
      )}
    </section>
  </main>
</div>`,
  });
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly content: JsonObject;
}

interface Group {
  readonly name: string;
  readonly description: string;
  readonly operations: readonly Operation[];
}

function operationsByTag(document: JsonObject): readonly Group[] {
  const operations = Object.entries(object(document.paths)).flatMap(([path, methods]) =>
    Object.entries(object(methods)).map(
      ([method, content]): Operation => ({
        method: method.toUpperCase(),
        path,
        id: text(object(content).operationId),
        content: object(content),
      }),
    ),
  );
  return list(document.tags).map((tag) => {
    const name = text(object(tag).name);
    return {
      name,
      description: text(object(tag).description),
      operations: operations.filter(({ content }) => list(content.tags).includes(name)),
    };
  });
}

function contentsOf({ name, operations }: Group): Html {
  return html`
      <p class="group">${name}</p>
      <ul class="contents">${operations.map(
        ({ method, id, content }) =>
          html`<li data-for="${id}"><a href="#${id}"><span class="method ${method}">${method}</span> ${text(content.summary)}</a></li>`,
      )}</ul>`;
}

function groupOf({ name, description, operations }: Group, schemas: JsonObject): Html {
  return html`
    <section class="tag">
      <h2>${name}</h2>
      <p class="quiet">${description}</p>
      ${operations.map((operation) => operationOf(operation, schemas))}
    </section>`;
}

function operationOf({ method, path, id, content }: Operation, schemas: JsonObject): Html {
  const parameters = list(content.parameters).map(object);
  const body = content.requestBody === undefined ? null : object(content.requestBody);
  return html`
      <article class="operation" id="${id}" data-method="${method}" data-path="${path}">
        <h3><a href="#${id}"><span class="method ${method}">${method}</span> <code>${breakable(path)}</code></a></h3>
        <p class="summary">${text(content.summary)}</p>
        ${content.description !== undefined && prose(text(content.description))}
        ${parameters.length > 0 && html`<h4>Parameters</h4><dl class="fields">${parameters.map(parameterOf)}</dl>`}
        ${body !== null && bodyOf(body, schemas)}
        <h4>Answers</h4>
        ${Object.entries(object(content.responses)).map(([status, response]) => responseOf(status, object(response)))}
      </article>`;
}

function parameterOf(parameter: JsonObject): Html {
  const name = text(parameter.name);
  const shown = parameter.explode === true ? 'field.NAME' : name;
  return html`<dt data-in="${text(parameter.in)}" data-name="${shown}"><code>${shown}</code> <small>${text(parameter.in)}${parameter.required === true && html` · <strong>required</strong>`}</small></dt>
    <dd>${inlineCode(text(parameter.description))}${parameter.explode !== true && schemaTree(object(parameter.schema), true)}</dd>`;
}

function bodyOf(body: JsonObject, schemas: JsonObject): Html {
  const [media = '', first] = Object.entries(object(body.content))[0] ?? [];
  const given = object(object(first).schema);
  const schema = object(schemas[text(given.$ref).split('/').at(-1) ?? ''] ?? given);
  return html`<h4>Body <small>${media}${body.required === true ? '' : ' · may be left out'}</small></h4>
    ${body.description !== undefined && prose(text(body.description))}
    <div class="body" data-media="${media}">${schemaTree(schema)}</div>`;
}

function responseOf(status: string, response: JsonObject): Html {
  const [media, first] = Object.entries(object(response.content))[0] ?? [];
  const headers = Object.entries(object(response.headers)).filter(([name]) => name !== 'X-Request-Id');
  const isProblem = Number(status) >= 400;
  return html`<details class="answer${isProblem && ' problem'}"${!isProblem && html` open`}>
    <summary><span class="status">${status}</span> ${isProblem ? codesIn(text(response.description)) : text(response.description)}</summary>
    ${isProblem && prose(text(response.description))}
    ${headers.length > 0 && html`<dl class="fields">${headers.map(([name, header]) => html`<dt><code>${name}</code></dt><dd>${text(object(header).description)}</dd>`)}</dl>`}
    ${media !== undefined && html`<p class="quiet"><small>${media}</small></p>${schemaTree(object(object(first).schema))}`}
  </details>`;
}

/** The codes alone, for the closed line of an answer. */
function codesIn(description: string): Html {
  const codes = [...description.matchAll(/^`([a-z-]+)`:/gm)].map(([, code]) => code);
  return html`${codes.map((code) => html`<code>${code}</code> `)}`;
}

/** Long addresses break after a slash on a narrow screen. */
function breakable(path: string): Html {
  return html`${path.split('/').map((part, index) => (index === 0 ? part : html`/<wbr>${part}`))}`;
}

function object(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
