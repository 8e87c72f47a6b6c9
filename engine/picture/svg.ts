/**
 * The only place that writes markup. Every text and every attribute is escaped here, so whoever draws cannot
 * forget it, and no element that runs, loads or links can be written.
 */

/** Markup that was made here. */
export interface Svg {
  readonly markup: string;
}

type Name =
  | 'circle'
  | 'clipPath'
  | 'defs'
  | 'desc'
  | 'g'
  | 'path'
  | 'pattern'
  | 'rect'
  | 'style'
  | 'svg'
  | 'text'
  | 'title';
type Attributes = Readonly<Record<string, string | number | undefined>>;

export function element(name: Name, attributes: Attributes, ...children: readonly (Svg | string)[]): Svg {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined || value === ''
      ? []
      : [` ${key}="${typeof value === 'number' ? number(value) : escapeText(value)}"`],
  );
  const inner = children
    .map((child) => (typeof child === 'string' ? escapeText(child) : child.markup))
    .join('');
  return {
    markup: inner === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${inner}</${name}>`,
  };
}

export function group(attributes: Attributes, ...children: readonly Svg[]): Svg {
  const drawn = children.filter(({ markup }) => markup !== '');
  return drawn.length === 0 ? nothing : element('g', attributes, ...drawn);
}

export function join(...parts: readonly Svg[]): Svg {
  return { markup: parts.flatMap(({ markup }) => (markup === '' ? [] : [markup])).join('\n') };
}

export const nothing: Svg = { markup: '' };

/** At most two decimals, and never `-0`: the same picture is the same bytes. */
export function number(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

function escapeText(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
