/** ISO 8601 durations in words: P3D is "3 days", PT1H30M "1 hour 30 minutes". */
import { type Language, pictureWords } from './picture-words.ts';

const form = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const order = ['week', 'day', 'hour', 'minute', 'second'] as const;

/** The text itself where it is no such duration. */
export function describeDuration(text: string, language: Language): string {
  const parts = form.exec(text);
  if (parts === null) return text;
  const { units } = pictureWords[language];
  const words = order.flatMap((unit, index) => {
    const count = Number(parts[index + 1] ?? 0);
    return count === 0 ? [] : [`${count} ${units[unit][count === 1 ? 0 : 1]}`];
  });
  return words.length === 0 ? `0 ${units.second[1]}` : words.join(' ');
}
