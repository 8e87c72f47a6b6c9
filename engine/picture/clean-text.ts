/**
 * Text from a definition -> one line that is safe to draw. Titles come from other people: what could turn the
 * reading direction, hide, or is no character of XML at all becomes a space.
 */
export function cleanText(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\s]+/gu, ' ')
    .replaceAll(/(\p{M}{3})\p{M}+/gu, '$1')
    .normalize('NFC')
    .trim();
}
