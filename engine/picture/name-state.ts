/** What a state is called, and whether ending in it is a success. */

import { endingsWithoutSuccess } from '../oversight/endings-without-success.ts';
import { cleanText } from './clean-text.ts';
import { plainName } from './describe-people.ts';
import type { PictureWording } from './picture-content.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { stateInFile } from './plan-picture.ts';

/** What a state is called; the process itself for the root. */
export function boxTitle(process: PicturedProcess, id: string, { language }: PictureWording): string {
  if (id === '') return cleanText(process.definition.title[language]);
  const title = process.states?.get(id)?.title?.[language];
  return title === undefined ? plainName(id.split('.').at(-1) ?? id) : cleanText(title);
}

/** As far as the file shows it: a result that is computed counts as success, as it does in the proof. */
export function endsWithoutSuccess(process: PicturedProcess, id: string): boolean {
  const result = stateInFile(process, id)?.output?.result;
  const text = typeof result === 'string' ? /^\s*(['"])([a-z]+)\1\s*$/.exec(result)?.[2] : undefined;
  return text !== undefined && endingsWithoutSuccess.includes(text);
}
