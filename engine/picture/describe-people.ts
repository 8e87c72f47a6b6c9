/** Who, in a few words: what fits under an arrow. The whole rule is in the definition. */
import type { Allow, Selector } from '../../schemas/process-definition.ts';
import { cleanText } from './clean-text.ts';
import type { PictureWording } from './picture-content.ts';
import { pictureWords } from './picture-words.ts';

/** A star says that a further condition must hold, of unit, position or expression. */
export function describePeople(allow: Allow | undefined, wording: PictureWording): string {
  if (allow === undefined) return pictureWords[wording.language].nobody;
  const selectors: readonly Selector[] = Array.isArray(allow) ? allow : [allow];
  return [...new Set(selectors.map((selector) => describeSelector(selector, wording)))].join(' / ');
}

/** The title of a role where one is known, else its name in plain words. */
export function roleTitle(role: string, { language, roles }: PictureWording): string {
  return cleanText(roles?.get(role)?.[language] ?? plainName(role));
}

export function unitTitle(unit: string, { language, units }: PictureWording): string {
  return cleanText(units?.get(unit)?.[language] ?? plainName(unit));
}

/** drafting-officer -> Drafting officer */
export function plainName(name: string): string {
  const words = name
    .replace(/^[a-z]+:/, '')
    .replaceAll(/[-_]+/g, ' ')
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function describeSelector(selector: Selector, wording: PictureWording): string {
  const words = pictureWords[wording.language];
  const list = (value: string | readonly string[] | undefined): readonly string[] =>
    value === undefined ? [] : typeof value === 'string' ? [value] : value;
  const named = [
    list(selector.role).map((role) => roleTitle(role, wording)),
    list(selector.position).map(plainName),
    list(selector.body).map(plainName),
    list(selector.principal).map(plainName),
    selector.initiator === true ? [words.initiator] : [],
    selector.unit === undefined ? [] : [unitWords(selector, selector.unit, wording)],
    selector.expression === undefined ? [] : [words.condition],
  ].filter((group) => group.length > 0);
  const [first = []] = named;
  return `${first.join(' / ')}${named.length > 1 ? '*' : ''}`;
}

function unitWords({ subunits }: Selector, unit: string, wording: PictureWording): string {
  const { sameUnit, condition } = pictureWords[wording.language];
  if (subunits === true) return condition;
  if (unit.startsWith('unit:')) return unitTitle(unit, wording);
  return unit === 'initiator.unit' ? sameUnit : condition;
}
