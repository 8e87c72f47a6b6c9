/** Writes out the parts that scenarios play. It knows nothing of what the steps in them do. */
import type { Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { suggestName } from '../definition/suggest-name.ts';
import type { ScenarioStep } from './scenario.ts';

/** A step as it is written: one that does something, or one that plays a part. Null had findings. */
export type StepOrPart =
  | { readonly kind: 'step'; readonly step: ScenarioStep }
  | { readonly kind: 'play'; readonly part: string; readonly position: Position }
  | null;

/** Of one scenario, with its parts written out. A part that plays parts could otherwise multiply without end. */
const mostSteps = 2000;

export class PartBook {
  readonly #parts: ReadonlyMap<string, readonly StepOrPart[]>;
  readonly #findings: FindingList;
  readonly #written = new Map<string, readonly ScenarioStep[]>();
  readonly #open: string[] = [];

  constructor(parts: ReadonlyMap<string, readonly StepOrPart[]>, findings: FindingList) {
    this.#parts = parts;
    this.#findings = findings;
  }

  /** The steps, those of the parts in their place. What cannot be played is left out, and found. */
  writeOut(steps: readonly StepOrPart[], position: Position): readonly ScenarioStep[] {
    const written: ScenarioStep[] = [];
    for (const step of steps) {
      if (step === null) continue;
      const more = step.kind === 'step' ? [step.step] : this.#partNamed(step.part, step.position);
      if (written.length + more.length > mostSteps) {
        this.#findings.error(
          'too-large',
          position,
          `With its parts written out this has over ${mostSteps} steps. Split it.`,
        );
        return written;
      }
      written.push(...more);
    }
    return written;
  }

  #partNamed(name: string, position: Position): readonly ScenarioStep[] {
    const known = this.#written.get(name);
    if (known !== undefined) return known;
    const steps = this.#parts.get(name);
    if (steps === undefined) {
      const message = `There is no part "${name}".${suggestName(name, this.#parts.keys())}`;
      this.#findings.error('unknown-part', position, message);
      return [];
    }
    if (this.#open.includes(name)) {
      const circle = [...this.#open.slice(this.#open.indexOf(name)), name].join(' → ');
      this.#findings.error('part-circle', position, `A part must not play itself: ${circle}.`);
      return [];
    }
    this.#open.push(name);
    const written = this.writeOut(steps, position);
    this.#open.pop();
    this.#written.set(name, written);
    return written;
  }
}
