/** ISO 8601 durations in words: P3D is "3 days", PT1H30M "1 hour 30 minutes". */
import type { Delay } from '../../schemas/process-definition.ts';
import { type Language, pictureWords } from './picture-words.ts';

const form = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;
const order = ['week', 'day', 'hour', 'minute', 'second'] as const;

/** How long a gate's reviewers have. */
export function describeDelay(delay: Delay, language: Language): string {
  return typeof delay === 'string'
    ? describeDuration(delay, language)
    : pictureWords[language].workingDays(delay.workingDays);
}

/** The text itself where it is no such duration. */
export function describeDuration(text: string, language: Language): string {
  const days = /^(\d+) working days?$/.exec(text)?.[1];
  if (days !== undefined) return pictureWords[language].workingDays(Number(days));
  const parts = form.exec(text);
  if (parts === null) return text;
  const { units } = pictureWords[language];
  const words = order.flatMap((unit, index) => {
    const count = Number(parts[index + 1] ?? 0);
    return count === 0 ? [] : [`${count} ${units[unit][count === 1 ? 0 : 1]}`];
  });
  return words.length === 0 ? `0 ${units.second[1]}` : words.join(' ');
}
