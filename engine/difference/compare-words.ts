/** Titles, descriptions and the articles a thing rests on: what people read, and nothing that the machine does. */
import type { Title } from '../../schemas/process-definition.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { capital, type Places } from './comparison.ts';
import type { DifferenceList } from './difference.ts';

interface Worded {
  readonly title?: Title;
  readonly description?: string;
  readonly legalBasis?: readonly string[];
}

export function compareWords(
  list: DifferenceList,
  name: string,
  a: Worded,
  b: Worded,
  places: (member: string) => Places,
): void {
  if (canonicalJson(a.title ?? null) !== canonicalJson(b.title ?? null)) {
    const at = places('title');
    list.add(
      'title-changed',
      `The title of ${name} was ${words(a.title)} and is now ${words(b.title)}.`,
      at.a,
      at.b,
    );
  }
  if (a.description !== b.description) {
    const at = places('description');
    list.add('description-changed', `The description of ${name} is changed.`, at.a, at.b);
  }
  const [before, after] = [a.legalBasis ?? [], b.legalBasis ?? []];
  const at = places('legalBasis');
  const dropped = before.filter((article) => !after.includes(article));
  const added = after.filter((article) => !before.includes(article));
  if (dropped.length > 0) {
    list.add('legal-basis-dropped', `${capital(name)} no longer rests on ${dropped.join(', ')}.`, at.a, at.b);
  }
  if (added.length > 0) {
    list.add('legal-basis-added', `${capital(name)} now also rests on ${added.join(', ')}.`, at.a, at.b);
  }
}

function words(title: Title | undefined): string {
  return title === undefined ? 'missing' : `"${title.vi}" / "${title.en}"`;
}
