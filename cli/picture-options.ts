/** What commands that draw have in common: the options, and the titles that a definition only names. */
import { type Command, Option } from 'commander';
import type { Language, PictureWording, Theme } from '../engine/index.ts';
import { readText } from './definition-files.ts';
import { printFindings } from './print-findings.ts';

export interface PictureOptions {
  readonly language: Language;
  readonly theme: Theme;
  readonly directory?: string;
}

export function addPictureOptions(command: Command, languageFor: string, pictureFor: string): Command {
  return command
    .addOption(
      new Option('--language <language>', `of titles and words, for ${languageFor}`)
        .choices(['vi', 'en'])
        .default('en'),
    )
    .addOption(
      new Option('--theme <theme>', `colours, for ${pictureFor}; auto follows the reader`)
        .choices(['light', 'dark', 'auto'])
        .default('auto'),
    )
    .option('--directory <file>', `a directory file, for the titles of roles and units in ${pictureFor}`);
}

export type Titles = Pick<PictureWording, 'roles' | 'units'>;

/** Null when the file is not a directory, which was then said. */
export async function readTitles(file: string | undefined): Promise<Titles | null> {
  if (file === undefined) return {};
  const { readDirectory } = await import('../engine/index.ts');
  const directory = readDirectory(readText(file), file);
  if (directory.kind === 'directory') {
    return { roles: directory.roles, units: new Map(directory.units.map(({ id, title }) => [id, title])) };
  }
  printFindings(directory.findings);
  process.exitCode = 1;
  return null;
}
