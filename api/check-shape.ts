/**
 * Turns a schema of `schemas/api` into a check of what callers send. Compiled once, when the app is
 * made; the OpenAPI document shows the very same schemas.
 */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import type { Refusal } from '../engine/index.ts';
import { refuse } from './problems.ts';

/** Null when the value fits. */
export type CheckShape = (value: unknown) => Refusal | null;

/** `what` begins the sentence of a refusal: "The body", "The query". */
export function compileShape(
  schema: TSchema,
  what: string,
  code: 'bad-request' | 'bad-input' = 'bad-request',
): CheckShape {
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return null;
    const [error] = validate.errors ?? [];
    const at = error?.instancePath ?? '';
    const message = error === undefined ? 'does not fit' : describe(error);
    const place = at === '' ? '' : ` at ${shortened(at)}`;
    return refuse(code, `${what}${place} ${message}.`, 'See /docs for what belongs there.', [
      { at: shortened(at), message },
    ]);
  };
}

// It stops at the first error: a large body must not cost a large answer.
const ajv = new Ajv2020({
  strict: true,
  allErrors: false,
  strictTypes: false,
  formats: { 'date-time': true },
});

function describe(error: ErrorObject): string {
  const { additionalProperty, missingProperty, allowedValues } = error.params;
  if (typeof additionalProperty === 'string') return `has an unknown field ${quote(additionalProperty)}`;
  if (typeof missingProperty === 'string') return `lacks the field ${quote(missingProperty)}`;
  if (Array.isArray(allowedValues)) return `must be one of ${allowedValues.map(String).join(', ')}`;
  return error.message ?? 'does not fit';
}

function quote(name: string): string {
  return JSON.stringify(shortened(name));
}

/** Names come from the caller and may be as long as the body. */
function shortened(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
