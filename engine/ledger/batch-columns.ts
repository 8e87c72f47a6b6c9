/**
 * Lays a batch of steps out in columns, as the ledger's commit function takes them: steps together by
 * instance, and of several effects on the same thing only the last. Pure; it knows no database.
 */
import type { Json } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { EntryTemplate } from '../evidence/entry-template.ts';
import type { EntryParts } from '../evidence/sealed-entry.ts';
import type { BallotCast } from '../step/seal-ballot.ts';
import type { Effect } from '../step/step.ts';
import type { StepToCommit } from './ledger.ts';

export interface BatchColumns {
  /**
   * One text a column, in the order of the function's parameters. Elements are joined by U+001F, and U+001D stands
   * for null; long texts are joined by nothing, since a column of their ends goes with them.
   */
  readonly columns: readonly string[];
  /** Instance ids in the order of the columns. */
  readonly instances: readonly string[];
  /** For each step as it was given: the places, from 1, of its instance and of itself. */
  readonly stepPlaces: readonly { readonly instance: number; readonly step: number }[];
}

export function toBatchColumns(steps: readonly StepToCommit[]): BatchColumns {
  const chains = groupByInstance(steps);
  const batch = new Batch();
  const stepPlaces: { instance: number; step: number }[] = new Array(steps.length);
  for (const [id, chain] of chains) {
    batch.addInstance(id, chain);
    for (const { step, index } of chain) stepPlaces[index] = batch.addStep(step);
    batch.addWork(chain);
  }
  return {
    columns: batch.columns,
    instances: [...chains.keys()],
    stepPlaces,
  };
}

interface PlacedStep {
  readonly step: StepToCommit;
  readonly index: number;
}

/** Ids in ascending order, in which the rows are locked. */
function groupByInstance(steps: readonly StepToCommit[]): ReadonlyMap<string, readonly PlacedStep[]> {
  const chains = new Map<string, PlacedStep[]>();
  for (const id of steps.map((step) => step.instance).sort()) chains.set(id, []);
  for (const [index, step] of steps.entries()) chains.get(step.instance)?.push({ step, index });
  return chains;
}

class Batch {
  readonly #templates = { texts: column() };
  readonly #shapes = { definitions: column(), statuses: column(), active: column() };
  readonly #instances = { ids: column(), shapes: column(), states: new LongTexts(), bases: column() };
  readonly #steps = {
    of: column(),
    templates: column(),
    seqs: column(),
    requests: column(),
    data: new LongTexts(),
    digests: column(),
  };
  readonly #answers = {
    of: column(),
    principals: column(),
    keys: column(),
    bodies: column(),
    texts: column(),
  };
  readonly #effects = {
    of: column(),
    kinds: column(),
    names: column(),
    numbers: column(),
    details: column(),
  };
  readonly #fields = { of: column(), names: column(), values: column() };
  readonly #proofs = { of: column(), texts: column() };
  readonly #shapePlaces = new Map<string, number>();
  /** By the template itself, and by its text, since the same text may come as another template. */
  readonly #templatePlaces = new Map<EntryTemplate | string, number>();

  get columns(): readonly string[] {
    const { ids, shapes, states, bases } = this.#instances;
    const { of, templates, seqs, requests, data, digests } = this.#steps;
    return [
      ...joined(this.#templates),
      ...joined(this.#shapes),
      ...joined({ ids, shapes, ends: states.ends }),
      ...[states.text, bases.join('')],
      ...joined({ of, templates, seqs, requests, ends: data.ends }),
      ...[data.text, digests.join('')],
      ...[this.#answers, this.#effects, this.#fields, this.#proofs].flatMap(joined),
    ];
  }

  addInstance(id: string, chain: readonly PlacedStep[]): void {
    const first = chain[0]?.step;
    const last = chain.at(-1)?.step;
    if (first === undefined || last === undefined) return;
    this.#instances.ids.push(id);
    this.#instances.shapes.push(this.#placeOfShape(last));
    this.#instances.states.push(last.state);
    this.#instances.bases.push(first.sealed.previous);
  }

  addStep(toCommit: StepToCommit): { instance: number; step: number } {
    const { seq, sealed, idempotency, proof } = toCommit;
    const instance = this.#instances.ids.length;
    const step = this.#steps.of.push(instance);
    const { request, context, data } = sealed.parts;
    this.#steps.templates.push(this.#placeOfTemplate(sealed.parts));
    this.#steps.seqs.push(seq);
    this.#steps.requests.push(request === '' ? nothing : request);
    this.#steps.data.push(sealed.data);
    this.#steps.digests.push(
      sealed.hash,
      context ?? noDigest,
      data ?? noDigest,
      sealed.dataSalt,
      sealed.changedSalt ?? noDigest,
    );
    if (idempotency !== null) {
      this.#answers.of.push(step);
      this.#answers.principals.push(clean(idempotency.principal));
      this.#answers.keys.push(clean(idempotency.key));
      this.#answers.bodies.push(clean(idempotency.bodyHash));
      this.#answers.texts.push(clean(idempotency.answer));
    }
    if (proof !== null) {
      this.#proofs.of.push(step);
      this.#proofs.texts.push(clean(proof));
    }
    return { instance, step };
  }

  /** Effects and changed fields: of several on one thing, what they come to in the end. */
  addWork(chain: readonly PlacedStep[]): void {
    if (chain.every(({ step }) => step.effects.length === 0 && step.indexed === null)) return;
    const instance = this.#instances.ids.length;
    const effects = new Map<string, EffectRow>();
    const fields = new Map<string, Json>();
    for (const { step } of chain) {
      for (const effect of step.effects) {
        const row = toEffectRow(effect);
        effects.set(`${row.thing} ${row.name}`, row);
      }
      for (const [name, value] of Object.entries(step.indexed ?? {})) fields.set(name, value);
    }
    for (const { thing, sign, name, number, detail } of effects.values()) {
      this.#effects.of.push(instance);
      this.#effects.kinds.push(`${thing}${sign}`);
      this.#effects.names.push(clean(name));
      this.#effects.numbers.push(number);
      this.#effects.details.push(detail === null ? nothing : clean(detail));
    }
    for (const [name, value] of fields) {
      this.#fields.of.push(instance);
      this.#fields.names.push(clean(name));
      this.#fields.values.push(value === null ? nothing : canonicalJson(value));
    }
  }

  #placeOfTemplate({ template, context, data }: EntryParts): number {
    const known = this.#templatePlaces.get(template);
    if (known !== undefined) return known;
    // It is sent with the letters of the commitments that it has places for.
    const letters = `${context === null ? '' : 'c'}${data === null ? '' : 'd'}` || '-';
    const text = `${letters}${innerSeparator}${template.join(innerSeparator)}`;
    const place = this.#templatePlaces.get(text) ?? this.#templates.texts.push(text);
    this.#templatePlaces.set(template, place);
    this.#templatePlaces.set(text, place);
    return place;
  }

  /** Most instances of a batch are of few definitions, and in few states. */
  #placeOfShape({ definition, status, states }: StepToCommit): number {
    const active = states.length === 0 ? nothing : clean(states.join(innerSeparator));
    const shape = `${definition} ${status} ${active}`;
    const known = this.#shapePlaces.get(shape);
    if (known !== undefined) return known;
    const place = this.#shapes.definitions.push(definition);
    this.#shapes.statuses.push(status);
    this.#shapes.active.push(active);
    this.#shapePlaces.set(shape, place);
    return place;
  }
}

/** Texts one after the other, and where in bytes each of them ends. */
class LongTexts {
  readonly ends: Column = [];
  readonly #texts: string[] = [];
  #end = 0;

  get text(): string {
    return this.#texts.join('');
  }

  push(text: string): void {
    this.#end += Buffer.byteLength(text);
    this.ends.push(this.#end);
    this.#texts.push(text);
  }
}

interface EffectRow {
  readonly thing: 'gate' | 'request' | 'timer' | 'notice' | 'ballot';
  readonly sign: '+' | '-';
  readonly name: string;
  readonly number: number;
  readonly detail: string | null;
}

function toEffectRow(effect: Effect | BallotCast): EffectRow {
  switch (effect.kind) {
    case 'gate-opened':
      return {
        thing: 'gate',
        sign: '+',
        name: effect.state,
        number: effect.opened,
        detail: effect.dueAt ?? null,
      };
    case 'gate-closed':
      return { thing: 'gate', sign: '-', name: effect.state, number: effect.opened, detail: null };
    case 'proposal-requested':
      return {
        thing: 'request',
        sign: '+',
        name: effect.state,
        number: effect.opened,
        detail: effect.places === undefined ? effect.decision : `${effect.decision} ${effect.places}`,
      };
    case 'proposal-request-closed':
      return { thing: 'request', sign: '-', name: effect.state, number: effect.opened, detail: null };
    case 'timer-set':
      return { thing: 'timer', sign: '+', name: effect.timer, number: effect.set, detail: effect.dueAt };
    case 'timer-cleared':
      return { thing: 'timer', sign: '-', name: effect.timer, number: 0, detail: null };
    case 'notice-given':
      return { thing: 'notice', sign: '+', name: effect.notice, number: 0, detail: null };
    case 'notice-taken-back':
      return { thing: 'notice', sign: '-', name: effect.notice, number: 0, detail: null };
    case 'ballot-cast': {
      const { gate, opened, subject, ballot } = effect;
      const detail = [gate, subject, ballot.salt, ballot.text].join(innerSeparator);
      return { thing: 'ballot', sign: '+', name: ballot.commitment, number: opened, detail };
    }
  }
}

type Column = (string | number)[];
const column = (): Column => [];
const joined = (group: { readonly [name: string]: Column }): readonly string[] =>
  Object.values(group).map((column) => column.join(separator));

const separator = '\u001f';
const innerSeparator = '\u001e';
const nothing = '\u001d';
const noDigest = '0'.repeat(64);

/** JSON text never holds a raw control character, but a name or a key might, and would move its column. */
function clean(value: string): string {
  // A column of one empty text would arrive as a column of none.
  if (value === '' || reserved.test(value)) throw new NotStorable(value);
  return value;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these characters are the very ones to be found.
const reserved = /[\u0000\u001d\u001f]/;

/** A text is empty, or holds a character that separates columns or that PostgreSQL cannot store. */
export class NotStorable extends Error {
  override readonly name = 'NotStorable';
  constructor(value: string) {
    super(
      `${JSON.stringify(value)} is empty or holds a control character, and the ledger does not take that.`,
    );
  }
}
