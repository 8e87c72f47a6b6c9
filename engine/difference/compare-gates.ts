/** What a change does to the human decision points: who decides, how many, on what, and what they may say. */
import type { Gate } from '../../schemas/process-definition.ts';
import type { Position } from '../definition/compiled-process.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { type AllowDifference, compareAllow, describeAllow } from './compare-allow.ts';
import { compareGateRules } from './compare-gate-rules.ts';
import { compareQuorum, describeQuorum, takesShare } from './compare-quorum.ts';
import type { Comparison } from './comparison.ts';
import { placeOf } from './definition-side.ts';
import type { DifferenceList } from './difference.ts';

export function compareGates({ match, list }: Comparison): void {
  for (const state of match.removed) if (state.definition.gate) tellRemoved(state, null, list);
  for (const state of match.added) if (state.definition.gate) tellAdded(null, state, list);
  for (const [a, b] of match.pairs) {
    const [before, after] = [a.definition.gate, b.definition.gate];
    if (before !== undefined && after !== undefined) new GatePair(a, b, list).compare(before, after);
    else if (before !== undefined) tellRemoved(a, b, list);
    else if (after !== undefined) tellAdded(a, b, list);
  }
}

function tellRemoved(a: TreeState, b: TreeState | null, list: DifferenceList): void {
  const binds = a.definition.gate?.binds;
  const what = binds === undefined ? '' : ` on proposals of "${binds}"`;
  list.add(
    'gate-removed',
    `Gate "${a.id}" is removed: nobody decides there${what} any more.`,
    placeOf(a.source, a.position, 'gate'),
    b?.position ?? null,
  );
}

function tellAdded(a: TreeState | null, b: TreeState, list: DifferenceList): void {
  const who = describeAllow(b.definition.gate?.reviewers);
  list.add(
    'gate-added',
    `Gate "${b.id}" is added, decided by ${who}.`,
    a?.position ?? null,
    placeOf(b.source, b.position, 'gate'),
  );
}

/** One gate, before and after. */
class GatePair {
  readonly #a: TreeState;
  readonly #b: TreeState;
  readonly #list: DifferenceList;
  readonly #name: string;

  constructor(a: TreeState, b: TreeState, list: DifferenceList) {
    this.#a = a;
    this.#b = b;
    this.#list = list;
    this.#name = `gate "${b.id}"`;
  }

  compare(before: Gate, after: Gate): void {
    this.#quorum(before, after);
    this.#binding(before, after);
    this.#exclusions(before, after);
    this.#reviewers(before, after);
    const places = (member: keyof Gate) => ({
      a: memberPlace(this.#a, member),
      b: memberPlace(this.#b, member),
    });
    compareGateRules(before, after, this.#name, places, this.#list);
    if (before.meaning !== after.meaning) {
      const message = `The act recorded at ${this.#name} was "${before.meaning}" and is now "${after.meaning}".`;
      this.#add('meaning-changed', message, 'meaning');
    }
  }

  #quorum(before: Gate, after: Gate): void {
    const change = compareQuorum(before.quorum, after.quorum);
    if (change === 'same') return;
    const words = { lowered: 'is lowered', raised: 'is raised', changed: 'is changed' }[change];
    const [from, to] = [describeQuorum(before.quorum), describeQuorum(after.quorum)];
    const undecided = change === 'changed' ? '; which is more depends on how many members there are' : '';
    const message = `The quorum of ${this.#name} ${words} from ${from} to ${to}${undecided}.`;
    this.#add(`quorum-${change}`, message, 'quorum');
    if (takesShare(before.quorum) === takesShare(after.quorum)) return;
    if (takesShare(after.quorum)) {
      const lost = `One rejection no longer decides at ${this.#name}: everyone's vote counts, and the others can outvote it.`;
      this.#add('single-rejection-lost', lost, 'quorum');
    } else {
      const gained = `One rejection now decides at ${this.#name}, where before everyone's vote counted.`;
      this.#add('single-rejection-gained', gained, 'quorum');
    }
  }

  #binding(before: Gate, after: Gate): void {
    const [from, to] = [before.binds, after.binds];
    if (from === to) return;
    if (to === undefined) {
      this.#add(
        'binding-removed',
        `What ${this.#name} approves is no longer a proposal of "${from}".`,
        'binds',
      );
    } else if (from === undefined) {
      this.#add('binding-added', `What ${this.#name} approves is now a proposal of "${to}".`, 'binds');
    } else {
      const message = `What ${this.#name} approves was a proposal of "${from}" and is now one of "${to}".`;
      this.#add('binding-changed', message, 'binds');
    }
  }

  /** The proposer and the subject never decide, whether the gate says so or not. */
  #exclusions(before: Gate, after: Gate): void {
    const [from, to] = [before.exclude ?? [], after.exclude ?? []];
    for (const one of from.filter((name) => !to.includes(name))) {
      const who = excludedWho(one);
      if (who !== null) {
        const message = `${who} may now decide at ${this.#name}: they are no longer excluded.`;
        this.#add('exclusion-dropped', message, 'exclude');
      } else {
        const message = `${this.#name} no longer says that the ${one} is excluded; the ${one} still never decides.`;
        this.#add('exclusion-word-dropped', message.replace('gate', 'Gate'), 'exclude');
      }
    }
    for (const one of to.filter((name) => !from.includes(name))) {
      const who = excludedWho(one);
      if (who !== null) {
        this.#add('exclusion-added', `${who} no longer decides at ${this.#name}.`, 'exclude');
      } else {
        const message = `${this.#name} now says that the ${one} is excluded, who never decided anyway.`;
        this.#add('exclusion-word-added', message.replace('gate', 'Gate'), 'exclude');
      }
    }
  }

  #reviewers(before: Gate, after: Gate): void {
    const difference = compareAllow(before.reviewers, after.reviewers);
    if (difference.change === 'same') return;
    const told = tellAllow(`Who decides at ${this.#name}`, difference);
    if (takesShare(before.quorum) || takesShare(after.quorum)) {
      const message = `${told} A share of other members is another vote: it may need fewer approvals, or other people's.`;
      this.#add('electorate-changed', message, 'reviewers');
    } else {
      this.#add(`reviewers-${difference.change}`, told, 'reviewers');
    }
  }

  #add(code: Parameters<DifferenceList['add']>[0], message: string, member: keyof Gate): void {
    this.#list.add(code, message, memberPlace(this.#a, member), memberPlace(this.#b, member));
  }
}

function memberPlace(state: TreeState, member: string): Position {
  return placeOf(state.source, state.position, 'gate', member);
}

/** Whom only this word excludes, as the beginning of a sentence; null for those who never decide anyway. */
function excludedWho(word: string): string | null {
  if (word === 'initiator') return 'Whoever started the case';
  if (word === 'drafter') return 'Whoever changed the data of the case';
  if (word.startsWith('drafter:')) return `Whoever changed the field "${word.slice('drafter:'.length)}"`;
  return word.startsWith('gate:') ? `Whoever acted at the gate "${word.slice('gate:'.length)}"` : null;
}

/** A change of who may, as a sentence. */
export function tellAllow(who: string, { change, added, removed }: AllowDifference): string {
  switch (change) {
    case 'widened':
      return `${who} is widened: now also ${added}${removed === '' ? '' : `, instead of ${removed}`}.`;
    case 'narrowed':
      return `${who} is narrowed: no longer ${removed}.`;
    case 'same':
      return `${who} is the same.`;
    case 'changed':
      return `${who} is changed: now ${added}, no longer ${removed}. Whether that is more people cannot be decided from the file.`;
  }
}
