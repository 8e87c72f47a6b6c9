/**
 * Collects what lint finds in one file. It knows nothing of the rules: it only keeps findings in the
 * order of the file, and stops counting where nobody would read on.
 */
import type { Finding, TextEdit } from '../../schemas/finding.ts';
import type { Position } from './compiled-process.ts';

/** More than these help nobody, and a hostile file must not make us write a book. */
const mostFindings = 200;

export class FindingList {
  readonly #file: string;
  readonly #findings: Finding[] = [];
  readonly #seen = new Set<string>();
  #errors = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** `fix` only where there is one way to mend it that changes nobody's say: see `renameFix`. */
  error(code: string, position: Position, message: string, fix: readonly TextEdit[] = []): void {
    this.#errors += 1;
    this.#add('error', code, position, message, fix);
  }

  warning(code: string, position: Position, message: string): void {
    this.#add('warning', code, position, message, []);
  }

  /** Errors counted so far: lets a check say whether what it just called found any. */
  get errors(): number {
    return this.#errors;
  }

  /** In the order of the file; among those at one place, errors first. */
  sorted(): readonly Finding[] {
    return [...this.#findings].sort(
      (a, b) => a.line - b.line || a.column - b.column || severityOrder(a) - severityOrder(b),
    );
  }

  #add(
    severity: 'error' | 'warning',
    code: string,
    position: Position,
    message: string,
    fix: readonly TextEdit[],
  ): void {
    // YAML aliases let one place of the file be used, and be wrong, many times over.
    const key = `${position.line}:${position.column}:${code}:${message}`;
    const full = this.#findings.length >= mostFindings && !(severity === 'error' && this.#errors === 1);
    if (full || this.#seen.has(key)) return;
    this.#seen.add(key);
    const { line, column } = position;
    const finding = { code, severity, message, file: this.#file, line, column };
    this.#findings.push(fix.length === 0 ? finding : { ...finding, fix: [...fix] });
  }
}

function severityOrder(finding: Finding): number {
  return finding.severity === 'error' ? 0 : 1;
}
