/**
 * The controls by the chain of acts: each that is stored was set by an act, says what that act says, and was lifted
 * only by two people. It looks at nothing else.
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { StoredControl } from '../ledger/ledger.ts';
import type { Problem } from '../step/verify-instance.ts';

/** One act, as far as it is about a control. */
interface Act {
  readonly act: string;
  readonly by: string;
  readonly seq: number;
  readonly time: string;
  readonly [member: string]: unknown;
}

/** What the acts so far make of one control. */
interface OnRecord {
  readonly set: Act;
  asked: Act | null;
  lifted: Act | null;
}

export class ControlsOnRecord {
  readonly #controls = new Map<string, OnRecord>();
  readonly #found: Problem[] = [];

  note(act: Act): void {
    if (!act.act.startsWith('control-')) return;
    const id = String(act.control);
    if (act.act === 'control-set') {
      this.#controls.set(id, { set: act, asked: null, lifted: null });
      return;
    }
    const control = this.#controls.get(id);
    if (control === undefined)
      this.#report(act.seq, `The control ${id} was never set, and an act is about it.`);
    else if (act.act === 'control-lift-asked') control.asked = act;
    else if (act.act === 'control-lift-withdrawn') control.asked = null;
    else if (act.act === 'control-lifted') {
      control.lifted = act;
      this.#checkTwo(id, control.asked, act);
    }
  }

  problems(stored: readonly StoredControl[]): readonly Problem[] {
    const seen = new Set<string>();
    for (const control of stored) {
      seen.add(control.id);
      const made = this.#controls.get(control.id);
      if (made === undefined) this.#report(0, `There is a control ${control.id} that no act set.`);
      else this.#compare(control, made);
    }
    for (const [id, { set }] of this.#controls) {
      if (!seen.has(id)) this.#report(set.seq, `The control ${id} was set, and is not there.`);
    }
    return this.#found;
  }

  /** P3: one natural person counts once, whatever accounts they hold. */
  #checkTwo(id: string, asked: Act | null, lifted: Act): void {
    const first = asked?.person;
    if (
      asked !== null &&
      first === lifted.askedPerson &&
      asked.by === lifted.askedBy &&
      first !== lifted.person
    )
      return;
    this.#report(lifted.seq, `The control ${id} was lifted without a request of another person.`);
  }

  #compare(
    { id, scope, mode, drill, reason, setBy, setAt, asked, lifted }: StoredControl,
    made: OnRecord,
  ): void {
    const { set } = made;
    const { kind, ...names } = scope;
    const is = { ...noNames, ...names, kind, mode, drill, reason, setBy, setAt, asked, lifted };
    const should = {
      ...noNames,
      ...Object.fromEntries(Object.keys(noNames).map((name) => [name, set[name] ?? null])),
      kind: set.scope,
      mode: set.mode,
      drill: set.drill,
      reason: set.reason,
      setBy: set.by,
      setAt: set.time,
      asked:
        made.asked === null
          ? null
          : {
              by: made.asked.by,
              person: made.asked.person,
              at: made.asked.time,
              reason: made.asked.reason,
            },
      lifted: made.lifted === null ? null : { by: made.lifted.by, at: made.lifted.time },
    };
    const [text, wanted] = [is, should].map((one) => canonicalJson(JSON.parse(JSON.stringify(one))));
    if (text === wanted) return;
    this.#report(set.seq, `The control ${id} is stored as ${text}; on the record it is ${wanted}.`);
  }

  #report(seq: number, message: string): void {
    this.#found.push({ instance: 'administration', seq, code: 'control-differs', message });
  }
}

const noNames = { agent: null, decision: null, instance: null, process: null, state: null };
