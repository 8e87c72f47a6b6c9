/** What is made from the code alone is made when it is first asked for, and once for each version that is shown. */
export function oncePerVersion<T>(make: (version: string) => T): (version: string) => T {
  const made = new Map<string, T>();
  return (version) => {
    const known = made.get(version) ?? make(version);
    made.set(version, known);
    return known;
  };
}
