/** Articles as they stand on a box: those of one law after another, its name once. */

/** [379/4.7, 379/27.4, 66/2] -> § 379/4.7, 27.4; 66/2 */
export function legalText(legalBasis: readonly string[]): string {
  const laws = new Map<string, string[]>();
  for (const one of legalBasis) {
    const slash = one.indexOf('/');
    const law = one.slice(0, slash);
    laws.set(law, [...(laws.get(law) ?? []), one.slice(slash + 1)]);
  }
  const texts = [...laws].map(([law, articles]) => `${law}/${articles.join(', ')}`);
  return texts.length === 0 ? '' : `§ ${texts.join('; ')}`;
}
