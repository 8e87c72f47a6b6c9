/**
 * The second checker of the oversight proof (P2): does this certificate prove this process? It searches
 * nothing. It asks of each fact only whether it holds at the start, is kept by everything that may happen
 * next, and lets no undecided proposal have an effect. It shares no code with `engine/verify`, which finds
 * the facts, and reads expressions as text, so that one mistake in either does not let a definition through.
 */
import type { Action, State } from '../../schemas/process-definition.ts';
import type { CompiledProcess, CompiledTransition } from '../definition/compiled-process.ts';
import { Chart, type Move } from './chart.ts';
import { copiesProposal, readsProposal } from './expression-text.ts';
import { type Certificate, readCertificate } from './read-certificate.ts';

/** Certificates made by other rules prove nothing here. */
const rules = 2;
const acts = ['consider', 'appraise', 'approve'] as const;
const unsuccessful = ['rejected', 'withdrawn', 'cancelled', 'failed', 'expired', 'abandoned'];

/** Null when the certificate proves this process; otherwise why not, to be read after "because". */
export function checkCertificate(process: CompiledProcess, text: string): string | null {
  const certificate = readCertificate(text);
  if (certificate === null) return 'it does not have the form of a certificate';
  if (certificate.definition !== process.hash) return 'it is of another definition';
  if (certificate.rules !== rules) return 'it was made by other rules';
  const kinds = [...process.decisions.keys()];
  if ([...kinds].sort().join() !== [...certificate.facts.keys()].sort().join())
    return 'it does not speak of the kinds of decision that the definition has';
  return kinds.length === 0 ? null : new Check(process, certificate).problem(kinds);
}

class Check {
  readonly #process: CompiledProcess;
  readonly #certificate: Certificate;
  readonly #chart: Chart;

  constructor(process: CompiledProcess, certificate: Certificate) {
    this.#process = process;
    this.#certificate = certificate;
    this.#chart = new Chart(process);
  }

  problem(kinds: readonly string[]): string | null {
    const chart = this.#chart;
    const start = chart.start();
    const problem = this.#source() ?? this.#late(start, []);
    if (problem !== null) return problem;
    for (const kind of kinds) {
      const wrong = this.#holds(kind, start, 'absent');
      if (wrong !== null) return wrong;
    }
    const keys = new Set(kinds.flatMap((kind) => [...(this.#certificate.facts.get(kind)?.keys() ?? [])]));
    for (const key of keys) {
      const leaves = chart.leavesOf(key);
      if (leaves === null) return `it speaks of "${key}", which are no states of the definition`;
      const odd = kinds.flatMap((kind) => this.#statuses(kind, key)).find((status) => !isStatus(status));
      if (odd !== undefined) return `"${odd}" is nothing that a proposal can be`;
      const waiting = this.#certificate.waiting.get(key) ?? [];
      for (const move of chart.moves(leaves, waiting)) {
        const wrong = this.#late(move, waiting) ?? this.#kept(kinds, key, move);
        if (wrong !== null) return wrong;
      }
    }
    return null;
  }

  #statuses(kind: string, key: string): readonly string[] {
    return this.#certificate.facts.get(kind)?.get(key) ?? [];
  }

  #kept(kinds: readonly string[], key: string, move: Move): string | null {
    for (const kind of kinds) {
      for (const status of this.#statuses(kind, key)) {
        const wrong = this.#holds(kind, move, this.#statusAfter(kind, move, status));
        if (wrong !== null) return wrong;
      }
    }
    return null;
  }

  /** A decision's field takes nothing but what was proposed, wherever it is written. */
  #source(): string | null {
    for (const { source, assign } of this.#assignments()) {
      for (const [field, value] of assign) {
        const kind = this.#process.decisionFields.get(field);
        if (kind !== undefined && !copiesProposal(value, kind))
          return `in "${source}" the field "${field}" takes something else than the proposal of "${kind}"`;
      }
    }
    return null;
  }

  #assignments(): readonly { readonly source: string; readonly assign: readonly Value[] }[] {
    const { transitions } = this.#process;
    const ofTransitions = [...transitions.values()].map((one) => ({ source: one.id, assign: assigned(one) }));
    const ofStates = this.#chart.ids.flatMap((source) => {
      const { entry, exit } = this.#chart.definition(source);
      return [...actions(entry), ...actions(exit)].map((assign) => ({ source, assign }));
    });
    return [...ofTransitions, ...ofStates];
  }

  /** What is done announces it; what is announced may be heard only after further eventless moves. */
  #late(move: Move, carried: readonly string[]): string | null {
    const noted = this.#certificate.waiting.get(move.key) ?? [];
    const due = [...this.#chart.doneIn(move.to), ...(move.eventless ? carried : [])];
    const missed = due.find((state) => !noted.includes(state));
    return missed === undefined ? null : `it forgets that "${missed}" may be done in "${move.key}"`;
  }

  #holds(kind: string, move: Move, status: string): string | null {
    if (!this.#statuses(kind, move.key).includes(status))
      return `it does not say that a proposal of "${kind}" may be ${status} in "${move.key}"`;
    const effect = status.startsWith('live') ? this.#effect(kind, move) : null;
    if (effect === null) return null;
    return `on the way to "${move.key}", while a proposal of "${kind}" is undecided, ${effect}`;
  }

  #statusAfter(kind: string, { transition, asks }: Move, status: string): string {
    if (asks !== null && this.#process.proposes.get(asks)?.propose.decision === kind) return 'live';
    const gate = transition === null ? undefined : this.#process.gates.get(transition.source)?.gate;
    const approves = transition?.cause.kind === 'outcome' && transition.cause.outcome === 'approved';
    if (!approves || gate?.binds !== kind || !status.startsWith('live')) return status;
    const given = acts.filter((act) => act === gate.meaning || status.includes(act));
    const { personnel, importance } = this.#process.decisions.get(kind) ?? {};
    const lasting = gate.meaning === 'approve' && (personnel !== true || isShare(gate.quorum?.approve));
    const enough = given.length === acts.length || (personnel !== true && importance === 'ordinary');
    return lasting && enough ? 'approved' : `live:${given.join('+')}`;
  }

  #effect(kind: string, { transition, exits, entries, to }: Move): string | null {
    const chart = this.#chart;
    const ended = chart.hasEnded(to);
    const read: string[] = transition?.guard === undefined ? [] : [transition.guard.source];
    const written = [...(transition === null ? [] : [assigned(transition)])];
    const left = ended ? [...exits, ...chart.around(to)] : exits;
    for (const id of left) written.push(...actions(chart.definition(id).exit));
    for (const id of entries) {
      const { entry, output, propose } = chart.definition(id);
      written.push(...actions(entry));
      read.push(...Object.values(output ?? {}).map(String));
      if (propose?.decision !== kind) read.push(...Object.values(propose?.input ?? {}).map(String));
    }
    for (const [field, value] of written.flat()) {
      if (this.#process.decisionFields.get(field) === kind) return `"${field}" is assigned`;
      read.push(value);
    }
    const reading = read.find((text) => readsProposal(text, kind));
    if (reading !== undefined) return `it is read: ${reading}`;
    return ended && this.#isSuccess(to) ? 'the process ends in success' : null;
  }

  #isSuccess([leaf = '']: readonly string[]): boolean {
    if (this.#chart.kindOf('') !== 'compound') return true;
    const result = this.#chart.definition(leaf).output?.result;
    return !unsuccessful.some((one) => [`'${one}'`, `"${one}"`].includes(String(result).trim()));
  }
}

/** A field, and the text of the expression it takes. */
type Value = readonly [field: string, text: string];

function assigned({ assign }: CompiledTransition): readonly Value[] {
  return [...assign].map(([field, { source }]) => [field, source]);
}

function actions(written: State['entry']): readonly (readonly Value[])[] {
  const list: readonly Action[] = [written ?? []].flat();
  return list.map(({ assign }) => Object.entries(assign).map(([field, value]) => [field, String(value)]));
}

function isShare(approve: number | string | undefined): boolean {
  return approve === 'more-than-half' || approve === 'two-thirds' || approve === 'all';
}

function isStatus(status: string): boolean {
  const given = acts.filter((act) => status.includes(act)).join('+');
  return ['absent', 'approved', given === '' ? 'live' : `live:${given}`].includes(status);
}
