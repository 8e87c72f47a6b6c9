/**
 * Names in scenarios that the process must have. A test that expects a refusal of an event nobody ever
 * wrote, or that a field nobody declared is unset, would pass for ever and say nothing.
 */
import type { Expectation } from '../../schemas/scenario.ts';
import type { CompiledProcess, Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { findNode, type SourceNode } from '../definition/read-source.ts';
import { suggestName } from '../definition/suggest-name.ts';
import { timerNames } from './timer-names.ts';

export class NameCheck {
  readonly #findings: FindingList;
  readonly #states: ReadonlySet<string>;
  readonly #events: ReadonlySet<string>;
  readonly #gates: ReadonlySet<string>;
  readonly #proposes: ReadonlySet<string>;
  readonly #decisions: ReadonlySet<string>;
  readonly #timers: ReadonlySet<string>;
  /** Null when the context may have fields that its schema does not name. */
  readonly #fields: ReadonlySet<string> | null;
  readonly #takesAnyEvent: boolean;

  constructor(process: CompiledProcess, findings: FindingList) {
    const states = [...(process.states?.values() ?? [])];
    const causes = [...process.transitions.values()].map(({ cause }) => cause);
    const properties = process.definition.context.properties;
    this.#findings = findings;
    this.#states = new Set(
      states.filter(({ id, kind }) => id !== '' && kind !== 'history').map(({ id }) => id),
    );
    // An event that is only forbidden somewhere is a name of the process as well.
    this.#events = new Set(causes.flatMap((cause) => (cause.kind === 'event' ? [cause.event] : [])));
    this.#takesAnyEvent = this.#events.has('*');
    this.#gates = new Set(process.gates.keys());
    this.#proposes = new Set(process.proposes.keys());
    this.#decisions = new Set(process.decisions.keys());
    this.#timers = new Set(timerNames(process).values());
    this.#fields =
      typeof properties === 'object' && properties !== null ? new Set(Object.keys(properties)) : null;
  }

  checkEvent(name: string, place: Position): void {
    if (!this.#takesAnyEvent) this.#check('event', name, this.#events, place);
  }

  checkGate(name: string, place: Position): void {
    this.#check('gate', name, this.#gates, place);
  }

  checkPropose(name: string, place: Position): void {
    this.#check('propose', name, this.#proposes, place);
  }

  checkExpectation(then: Expectation, step: SourceNode): void {
    const place = (...path: string[]) => findNode(step, ['then', ...path]).position;
    const each = (names: readonly string[], known: ReadonlySet<string>, what: string, member: string) => {
      for (const [index, name] of names.entries())
        this.#check(what, name, known, place(member, String(index)));
    };
    each([then.state ?? []].flat(), this.#states, 'state', 'state');
    each(then.gates ?? [], this.#gates, 'gate', 'gates');
    each(then.timers ?? [], this.#timers, 'timer', 'timers');
    if (Array.isArray(then.requests)) each(then.requests, this.#proposes, 'propose', 'requests');
    else
      for (const name of Object.keys(then.requests ?? {}))
        this.#check('propose', name, this.#proposes, place('requests', name));
    for (const name of Object.keys(then.proposals ?? {}))
      this.#check('decision', name, this.#decisions, place('proposals', name));
    if (this.#fields === null) return;
    for (const name of Object.keys(then.context ?? {}))
      this.#check('field', name, this.#fields, place('context', name));
  }

  #check(what: string, name: string, known: ReadonlySet<string>, place: Position): void {
    if (known.has(name)) return;
    const { kind, sentence } = kinds[what] ?? { kind: what, sentence: what };
    this.#findings.error(
      `unknown-${kind}`,
      place,
      `The process has no ${sentence} "${name}".${suggestName(name, known)}`,
    );
  }
}

const kinds: { readonly [what: string]: { readonly kind: string; readonly sentence: string } } = {
  propose: { kind: 'propose', sentence: 'state that asks for a proposal called' },
  decision: { kind: 'decision', sentence: 'kind of decision' },
  field: { kind: 'field', sentence: 'context field' },
};
