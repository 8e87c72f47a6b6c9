/**
 * Says what a reviewer of a change must know: every difference between two definitions in the words of the
 * process, the most dangerous first. What weakens, and what cannot be shown not to, is a danger. It compares
 * what the files say; whether either may run is lint's matter, and only repeated here.
 */
import type { Finding } from '../../schemas/finding.ts';
import { lintDefinition } from '../verify/lint-definition.ts';
import { compareDefinitions } from './compare-definitions.ts';
import { readSide } from './definition-side.ts';
import { type Difference, DifferenceList } from './difference.ts';

/** A definition's text, and the name to call its file by. */
export interface NamedDefinition {
  readonly source: string;
  readonly file: string;
}

export type DefinitionsCompared =
  | { readonly differences: readonly Difference[] }
  /** At least one of them cannot be read as a definition, and why. */
  | { readonly differences: null; readonly findings: readonly Finding[] };

/** Whatever the texts are, nothing is thrown. */
export function diffDefinitions(a: NamedDefinition, b: NamedDefinition): DefinitionsCompared {
  const before = readSide(a.source, a.file);
  const after = readSide(b.source, b.file);
  if (before.side === null || after.side === null) {
    const findings = [before, after].flatMap((read) => (read.side === null ? read.findings : []));
    return { differences: null, findings };
  }
  const list = new DifferenceList(a.file, b.file);
  if (a.source !== b.source) {
    compareDefinitions(before.side, after.side, list);
    compareLint(a, b, list);
  }
  return { differences: list.sorted() };
}

/** The id of the process that a text defines; null where it is no definition. */
export function processOf({ source, file }: NamedDefinition): string | null {
  return readSide(source, file).side?.definition.id ?? null;
}

/** What lint refuses in one and not in the other: the first place of each code. */
function compareLint(a: NamedDefinition, b: NamedDefinition, list: DifferenceList): void {
  const [before, after] = [errorsOf(a), errorsOf(b)];
  for (const [code, finding] of after) {
    if (before.has(code)) continue;
    list.add(
      'not-deployable',
      `The second definition would not be deployed. ${code}: ${finding.message}`,
      null,
      finding,
    );
  }
  for (const [code, finding] of before) {
    if (after.has(code)) continue;
    list.add('deployable', `Lint no longer refuses it for ${code}.`, finding, null);
  }
}

function errorsOf({ source, file }: NamedDefinition): ReadonlyMap<string, Finding> {
  const errors = lintDefinition(source, file).findings.filter(({ severity }) => severity === 'error');
  return new Map(errors.reverse().map((finding) => [finding.code, finding]));
}
