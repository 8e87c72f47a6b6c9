/**
 * The second checker of the oversight proof (P2): does this certificate prove this process? It searches
 * nothing. It asks whether the certificate knows where the process starts and, from everything it knows,
 * whatever may happen next: where the process is then, and what a proposal that comes or was undecided
 * then is. No undecided proposal may have an effect on the way. It shares no code with `engine/verify`,
 * which finds the facts, and reads expressions as text, so that one mistake in either lets nothing through.
 */
import type { Action, Gate, State } from '../../schemas/process-definition.ts';
import type { CompiledProcess, CompiledTransition } from '../definition/compiled-process.ts';
import { Chart, type Move } from './chart.ts';
import { copiesProposal, readsProposal } from './expression-text.ts';
import { type Certificate, readCertificate } from './read-certificate.ts';

/** Certificates made by other rules prove nothing here. */
const rules = 3;
const acts = ['consider', 'appraise', 'approve'] as const;
const unsuccessful = ['rejected', 'withdrawn', 'cancelled', 'failed', 'expired', 'abandoned'];

/** Null when the certificate proves this process; otherwise why not, to be read after "because". */
export function checkCertificate(process: CompiledProcess, text: string): string | null {
  const certificate = readCertificate(text);
  if (certificate === null) return 'it does not have the form of a certificate';
  if (certificate.definition !== process.hash) return 'it is of another definition';
  if (certificate.rules !== rules) return 'it was made by other rules';
  return process.decisions.size === 0 ? null : new Check(process, certificate).problem();
}

/** By kind of decision: what an undecided proposal may be. */
type Live = ReadonlyMap<string, readonly string[]>;

class Check {
  readonly #process: CompiledProcess;
  readonly #certificate: Certificate;
  readonly #chart: Chart;

  constructor(process: CompiledProcess, certificate: Certificate) {
    this.#process = process;
    this.#certificate = certificate;
    this.#chart = new Chart(process);
  }

  problem(): string | null {
    const chart = this.#chart;
    const problem = this.#follows(new Map(), [], chart.start());
    if (problem !== null) return problem;
    for (const [key, live] of this.#certificate.facts) {
      const leaves = chart.leavesOf(key);
      if (leaves === null) return `it speaks of "${key}", which are no states of the definition`;
      const odd = this.#odd(live);
      if (odd !== null) return odd;
      const waiting = this.#certificate.waiting.get(key) ?? [];
      for (const move of chart.moves(leaves, waiting)) {
        const wrong = this.#follows(live, waiting, move);
        if (wrong !== null) return wrong;
      }
    }
    return null;
  }

  #odd(live: Live): string | null {
    for (const [kind, statuses] of live) {
      if (!this.#process.decisions.has(kind)) return `"${kind}" is no kind of decision of the definition`;
      const odd = statuses.find((status) => !isStatus(status));
      if (odd !== undefined) return `"${odd}" is nothing that an undecided proposal can be`;
    }
    return null;
  }

  /** Whether the certificate knows what this move makes of what was there before it, and none of it has an effect. */
  #follows(live: Live, waiting: readonly string[], move: Move): string | null {
    const { key, to, asks, eventless } = move;
    const after = this.#certificate.facts.get(key);
    if (after === undefined) return `it forgets that "${key}" may be reached`;
    // What is done announces it; what is announced may be heard only after further eventless moves.
    const noted = this.#certificate.waiting.get(key) ?? [];
    const done = [...this.#chart.doneIn(to), ...(eventless ? waiting : [])];
    const missed = done.find((state) => !noted.includes(state));
    if (missed !== undefined) return `it forgets that "${missed}" may be done in "${key}"`;
    const effects = this.#effects(move);
    if (effects.made !== null) return effects.made;
    const coming = asks === null ? undefined : this.#process.proposes.get(asks)?.propose.decision;
    for (const [kind, statuses] of coming === undefined ? live : new Map([...live, [coming, ['live']]])) {
      for (const status of statuses) {
        const next = this.#statusAfter(kind, move, status);
        if (next === 'approved') continue;
        if (after.get(kind)?.includes(next) !== true)
          return `it does not say that a proposal of "${kind}" may be ${next} in "${key}"`;
        const effect = effectOn(kind, effects);
        if (effect !== null)
          return `on the way to "${key}", while a proposal of "${kind}" is undecided, ${effect}`;
      }
    }
    return null;
  }

  #statusAfter(kind: string, { transition }: Move, status: string): string {
    const gate = transition === null ? undefined : this.#process.gates.get(transition.source)?.gate;
    const approves = transition?.cause.kind === 'outcome' && transition.cause.outcome === 'approved';
    if (!approves || gate?.binds !== kind) return status;
    const given = acts.filter((act) => act === gate.meaning || status.includes(act));
    const { personnel, importance, acts: also = [] } = this.#process.decisions.get(kind) ?? {};
    const lasting = gate.meaning === 'approve' && (personnel !== true || isShareOfAll(gate.quorum));
    const some = personnel !== true && importance === 'ordinary' && also.every((act) => given.includes(act));
    const enough = given.length === acts.length || some;
    return lasting && enough ? 'approved' : `live:${given.join('+')}`;
  }

  #effects({ transition, exits, entries, to }: Move): Effects {
    const chart = this.#chart;
    const ended = chart.hasEnded(to);
    const written = transition === null ? [] : valuesOf(transition.assign);
    const reaching = (transition?.effects ?? []).map(({ name }) => `there is ${name}`);
    const read: Reading[] = transition?.guard === undefined ? [] : [{ text: transition.guard.source }];
    for (const id of ended ? [...exits, ...chart.around(to)] : exits) {
      const { exit } = chart.definition(id);
      written.push(...assigned(exit));
      reaching.push(...beyond(exit));
    }
    for (const id of entries) {
      const { entry, output, propose } = chart.definition(id);
      written.push(...assigned(entry));
      reaching.push(...beyond(entry));
      for (const text of Object.values(output ?? {})) read.push({ text: String(text) });
      for (const text of Object.values(propose?.input ?? {}))
        read.push({ text: String(text), askedFor: propose?.decision });
    }
    const decided = new Map<string, string>();
    let made: string | null = null;
    for (const [field, text] of written) {
      read.push({ text });
      const kind = this.#process.decisionFields.get(field);
      if (kind === undefined) continue;
      decided.set(kind, field);
      if (!copiesProposal(text, kind))
        made = `the field "${field}" takes something else than the proposal of "${kind}"`;
    }
    const work = chart.around(to).find((id) => chart.definition(id).invoke !== undefined);
    if (work !== undefined) reaching.push(`work is under way in "${work}"`);
    return { decided, made, read, reaching: reaching[0] ?? null, succeeds: ended && this.#isSuccess(to) };
  }

  #isSuccess([leaf = '']: readonly string[]): boolean {
    if (this.#chart.kindOf('') !== 'compound') return true;
    const result = this.#chart.definition(leaf).output?.result;
    return !unsuccessful.some((one) => [`'${one}'`, `"${one}"`].includes(String(result).trim()));
  }
}

/** All that a move does which an undecided proposal must have no part in. */
interface Effects {
  /** By the decision that alone may write it: a field that is assigned. */
  readonly decided: ReadonlyMap<string, string>;
  /** What is wrong whatever is decided: a decision's field takes nothing but what was proposed. */
  readonly made: string | null;
  readonly read: readonly Reading[];
  /** What reaches beyond the process: work, a message, an action on a document. Whatever it is, it is one too many. */
  readonly reaching: string | null;
  readonly succeeds: boolean;
}

interface Reading {
  readonly text: string;
  /** Shown to the agent that is asked for this kind, who may see its own earlier proposal. */
  readonly askedFor?: string | undefined;
}

function effectOn(kind: string, { decided, read, reaching, succeeds }: Effects): string | null {
  if (reaching !== null) return reaching;
  const field = decided.get(kind);
  if (field !== undefined) return `"${field}" is assigned`;
  const reading = read.find(({ text, askedFor }) => askedFor !== kind && readsProposal(text, kind));
  if (reading !== undefined) return `it is read: ${reading.text}`;
  return succeeds ? 'the process ends in success' : null;
}

/** A field, and the text of the expression it takes. */
type Value = readonly [field: string, text: string];

function valuesOf(assign: CompiledTransition['assign']): Value[] {
  return [...assign].map(([field, { source }]) => [field, source]);
}

function assigned(written: State['entry']): Value[] {
  const list: readonly Action[] = [written ?? []].flat();
  return list.flatMap(({ assign }) =>
    Object.entries(assign ?? {}).map(([field, value]): Value => [field, String(value)]),
  );
}

/** Everything an action may be, except setting fields. */
function beyond(written: State['entry']): readonly string[] {
  const list: readonly Action[] = [written ?? []].flat();
  const names = list.flatMap((action) => Object.keys(action));
  return names.filter((name) => name !== 'assign').map((name) => `there is ${name}`);
}

function isShareOfAll(quorum: Gate['quorum']): boolean {
  return typeof quorum?.approve === 'string' && quorum.of === 'members';
}

function isStatus(status: string): boolean {
  const given = acts.filter((act) => status.includes(act)).join('+');
  return status === (given === '' ? 'live' : `live:${given}`);
}
