/** Any JSON value. What crosses a border is this until a schema has checked it. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object with unknown members. */
export interface JsonObject {
  readonly [name: string]: Json;
}
