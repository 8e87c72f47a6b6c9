/** A JSON Schema as nested lists that people can read. */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { type Html, html, inlineCode } from './html.ts';

/** `inline`: only the type and its bounds, for a parameter whose description stands beside it. */
export function schemaTree(schema: JsonObject, inline = false): Html {
  if (inline) return html` <span class="type">${typeOf(schema)}${boundsOf(schema)}</span>`;
  const members = membersOf(schema);
  const description = descriptionOf(schema);
  const own =
    members === null
      ? html`<p class="type">${typeOf(schema)}${boundsOf(schema)} ${description}</p>`
      : description && html`<p>${description}</p>`;
  return html`${own}${members}${examplesOf(schema)}`;
}

/** The members of an object, or of the objects in an array; null where there are none to list. */
function membersOf(schema: JsonObject): Html | null {
  const properties = asObject(schema.properties);
  if (properties === null) {
    const items = asObject(schema.items);
    return items === null ? null : membersOf(items);
  }
  const required = Array.isArray(schema.required) ? schema.required : [];
  return html`<dl class="fields">${Object.entries(properties).map(([name, value]) => {
    const member = asObject(value) ?? {};
    const nested = nestedMembers(member);
    return html`<dt><code>${name}</code> <small>${typeOf(member)}${boundsOf(member)}${required.includes(name) && html` · <strong>required</strong>`}</small></dt>
      <dd>${descriptionOf(member)}${nested !== null && html`<details><summary>members</summary>${nested}</details>`}</dd>`;
  })}</dl>`;
}

function nestedMembers(member: JsonObject): Html | null {
  const options = alternatives(member);
  const [only] = options.filter((option) => option.type !== 'null');
  return membersOf(only !== undefined && options.length === 2 ? only : member);
}

function typeOf(schema: JsonObject): Html {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  const options = alternatives(schema);
  if (options.length > 0) {
    return html`${options.map((option, index) => html`${index > 0 && ' or '}${typeOf(option)}`)}`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (Array.isArray(schema.enum)) return html`one of ${schema.enum.length} codes`;
  const items = asObject(schema.items);
  if (items !== null) return html`list of ${typeOf(items)}`;
  const ofAny = asObject(schema.additionalProperties) ?? firstValue(asObject(schema.patternProperties));
  if (schema.type === 'object' && ofAny !== null && schema.properties === undefined) {
    return html`object of ${typeOf(ofAny)}`;
  }
  if (schema.format === 'date-time') return html`time`;
  return html`${typeof schema.type === 'string' ? schema.type : 'any JSON'}`;
}

function boundsOf(schema: JsonObject): Html {
  const { minimum, maximum, maxLength, maxItems } = schema;
  const bounds = [
    typeof minimum === 'number' && typeof maximum === 'number' ? `${minimum} to ${maximum}` : null,
    typeof minimum === 'number' && maximum === undefined ? `at least ${minimum}` : null,
    typeof maxLength === 'number' ? `up to ${maxLength} characters` : null,
    typeof maxItems === 'number' ? `up to ${maxItems}` : null,
    schema.default === undefined ? null : `usually ${JSON.stringify(schema.default)}`,
  ].filter((bound) => bound !== null);
  return html`${bounds.map((bound) => html`, ${bound}`)}`;
}

function descriptionOf(schema: JsonObject): Html | false {
  return typeof schema.description === 'string' && inlineCode(schema.description);
}

function examplesOf(schema: JsonObject): Html | false {
  if (!Array.isArray(schema.examples)) return false;
  return html`${schema.examples.map((example: Json) => html`<pre class="example"><code>${JSON.stringify(example, null, 2)}</code></pre>`)}`;
}

function alternatives(schema: JsonObject): readonly JsonObject[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf.map((option: Json) => asObject(option) ?? {}) : [];
}

function firstValue(object: JsonObject | null): JsonObject | null {
  return object === null ? null : asObject(Object.values(object)[0]);
}

function asObject(value: Json | undefined): JsonObject | null {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : null;
}
