import type { Settings } from '../engine/index.ts';
import { Misuse } from './misuse.ts';

/** The settings of the environment; a bad one ends the command with its sentence. */
export async function settingsOrMisuse(): Promise<Settings> {
  const { readSettings } = await import('../engine/index.ts');
  const settings = readSettings(process.env);
  if (settings.kind === 'problem') throw new Misuse(settings.sentence);
  return settings;
}
