/**
 * Writes into the text of a file what findings say would mend it, and touches nothing else: comments, order
 * and layout stay. It does not know what the edits mean.
 */
import type { Finding, TextEdit } from '../../schemas/finding.ts';
import { SourceLines } from './source-lines.ts';

export interface FixedSource {
  readonly source: string;
  /** Those whose edits were made, in the order of the file. */
  readonly fixed: readonly Finding[];
}

interface PlacedEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Edits that would write over one another are left for the next time; ones for another text are left out. */
export function applyFixes(source: string, findings: readonly Finding[]): FixedSource {
  const lines = new SourceLines(source);
  const edits: PlacedEdit[] = [];
  const fixed: Finding[] = [];
  for (const finding of findings) {
    const placed = (finding.fix ?? []).map((edit) => placeOf(edit, source, lines));
    const known = placed.filter((edit) => edit !== null);
    if (known.length === 0 || known.length < placed.length) continue;
    const others = known.filter((edit) => !edits.some((other) => isSame(edit, other)));
    if (others.some((edit) => edits.some((other) => overlaps(edit, other)))) continue;
    edits.push(...others);
    fixed.push(finding);
  }
  return { source: written(source, edits), fixed };
}

/** Null where the file has another text there. */
function placeOf(
  { line, column, old, text }: TextEdit,
  source: string,
  lines: SourceLines,
): PlacedEdit | null {
  const start = lines.offsetOf({ line, column });
  return start !== null && source.startsWith(old, start) ? { start, end: start + old.length, text } : null;
}

function isSame(one: PlacedEdit, other: PlacedEdit): boolean {
  return one.start === other.start && one.end === other.end && one.text === other.text;
}

function overlaps(one: PlacedEdit, other: PlacedEdit): boolean {
  // Two texts put in at one place do not disturb each other.
  return one.start < other.end && other.start < one.end;
}

function written(source: string, edits: readonly PlacedEdit[]): string {
  let text = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    text += source.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return text + source.slice(at);
}
