/**
 * Collects what lint finds in one file. It knows nothing of the rules: it only keeps findings in the
 * order of the file, and stops counting where nobody would read on.
 */
import type { Finding } from '../../schemas/finding.ts';
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

  error(code: string, position: Position, message: string): void {
    this.#errors += 1;
    this.#add('error', code, position, message);
  }

  warning(code: string, position: Position, message: string): void {
    this.#add('warning', code, position, message);
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

  #add(severity: 'error' | 'warning', code: string, position: Position, message: string): void {
    // YAML aliases let one place of the file be used, and be wrong, many times over.
    const key = `${position.line}:${position.column}:${code}:${message}`;
    const full = this.#findings.length >= mostFindings && !(severity === 'error' && this.#errors === 1);
    if (full || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#findings.push({ code, severity, message, file: this.#file, ...position });
  }
}

function severityOrder(finding: Finding): number {
  return finding.severity === 'error' ? 0 : 1;
}
