/**
 * A member of a JSON object by a name that came from a file or a request. Looking it up directly would find
 * what every object inherits under names such as `constructor`.
 */
export function memberOf<T>(object: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** The same object without one member. */
export function withoutMember<T>(
  object: { readonly [name: string]: T },
  name: string,
): { readonly [name: string]: T } {
  if (!Object.hasOwn(object, name)) return object;
  const { [name]: _, ...rest } = object;
  return rest;
}
