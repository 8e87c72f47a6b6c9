/**
 * One step of a scenario as it is written -> what is done, by whom, and what is expected. A step that
 * says two things, or leaves out who, is a finding.
 */
import type { JsonObject } from '../../schemas/json.ts';
import type { Expectation, ExpectedRefusal, ScenarioStep as WrittenStep } from '../../schemas/scenario.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { parseDurationMs } from '../definition/duration.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { findNode, type SourceNode } from '../definition/read-source.ts';
import { suggestName } from '../definition/suggest-name.ts';
import type { Principal } from '../oversight/directory.ts';
import type { Verdict } from '../step/stimulus.ts';
import type { Cast } from './assemble-cast.ts';
import { NameCheck } from './check-names.ts';
import type { StepOrPart } from './part-book.ts';
import type { Act, ExpectedReason } from './scenario.ts';

const actKeys = [
  'start',
  'event',
  'proposal',
  'approve',
  'reject',
  'return',
  'abstain',
  'recuse',
  'count',
  'view',
  'advance',
  'play',
] as const;
type ActKey = (typeof actKeys)[number];

/** What each act may have beside it. */
const companions: { readonly [act in ActKey]: readonly (keyof WrittenStep)[] } = {
  start: ['by', 'refused', 'then'],
  event: ['by', 'data', 'refused', 'then'],
  proposal: ['by', 'at', 'operator', 'refused', 'then'],
  approve: ['by', 'choice', 'reason', 'refused', 'then'],
  reject: ['by', 'reason', 'refused', 'then'],
  return: ['by', 'reason', 'refused', 'then'],
  abstain: ['by', 'reason', 'refused', 'then'],
  recuse: ['by', 'reason', 'refused', 'then'],
  count: ['by', 'refused', 'then'],
  view: ['by', 'text', 'refused', 'then'],
  advance: ['then'],
  play: [],
};

/** Acts that several people may do one after the other. */
const repeatable: readonly ActKey[] = ['event', 'approve', 'reject', 'return', 'abstain', 'recuse', 'view'];

export class StepReader {
  readonly #cast: Cast;
  readonly #findings: FindingList;
  readonly #names: NameCheck;

  constructor(process: CompiledProcess, cast: Cast, findings: FindingList) {
    this.#cast = cast;
    this.#findings = findings;
    this.#names = new NameCheck(process, findings);
  }

  /** `node` is where the step is written; the shape of both has been checked. */
  read(written: WrittenStep, node: SourceNode): StepOrPart {
    const before = this.#findings.errors;
    const key = this.#actOf(written, node);
    if (key === null) return null;
    const placeOf = (path: readonly string[]) => findNode(node, path).position;
    const position = placeOf([key]);
    if (key === 'play') return { kind: 'play', part: written.play ?? '', position };
    const act = this.#readAct(key, written, node);
    const by = key === 'advance' ? [] : this.#readActors(key, written, node);
    const then = toExpectation(written.then);
    if (then !== null) this.#names.checkExpectation(then, node);
    if (this.#findings.errors > before || act === null) return null;
    return { kind: 'step', step: { act, by, position, refused: toReason(written.refused), then, placeOf } };
  }

  #actOf(written: WrittenStep, node: SourceNode): ActKey | null {
    const keys = actKeys.filter((key) => written[key] !== undefined);
    const [key, second] = keys;
    if (key === undefined || second !== undefined) {
      const said = second === undefined ? 'says nothing that is done' : `says ${keys.join(' and ')} at once`;
      const place = second === undefined ? node.position : findNode(node, [second]).position;
      this.#findings.error(
        'not-one-act',
        place,
        `A step does one thing, and this ${said}. Choose one of ${actKeys.join(', ')}.`,
      );
      return null;
    }
    const allowed: readonly string[] = [key, ...companions[key]];
    for (const other of Object.keys(written).filter((name) => !allowed.includes(name))) {
      const beside =
        companions[key].length === 0 ? 'stands alone' : `takes ${companions[key].join(', ')} beside it`;
      this.#findings.error(
        'misplaced-field',
        findNode(node, [other]).position,
        `"${other}" has no meaning here: "${key}" ${beside}.`,
      );
    }
    return key;
  }

  #readAct(key: Exclude<ActKey, 'play'>, written: WrittenStep, node: SourceNode): Act | null {
    const place = findNode(node, [key]).position;
    switch (key) {
      case 'start':
        return { kind: 'start', data: json(written.start) };
      case 'event':
        this.#names.checkEvent(written.event ?? '', place);
        return { kind: 'event', type: written.event ?? '', data: json(written.data) };
      case 'proposal': {
        if (written.at !== undefined) this.#names.checkPropose(written.at, findNode(node, ['at']).position);
        const operator =
          written.operator === undefined ? null : this.#principalNamed(written.operator, node, ['operator']);
        return {
          kind: 'proposal',
          at: written.at ?? null,
          payload: json(written.proposal),
          operator: operator?.person ?? null,
        };
      }
      case 'count':
        this.#names.checkGate(written.count ?? '', place);
        return { kind: 'count', gate: written.count ?? '' };
      case 'view':
        this.#names.checkGate(written.view ?? '', place);
        return { kind: 'view', gate: written.view ?? '', text: written.text ?? '' };
      case 'advance': {
        const durationMs = parseDurationMs(written.advance ?? '');
        if (durationMs !== null) return { kind: 'advance', durationMs };
        this.#findings.error('bad-value', place, 'The clock moves by at most a hundred years at once.');
        return null;
      }
      default:
        return this.#readDecision(key, written, place, node);
    }
  }

  #readDecision(
    verdict: Verdict,
    written: WrittenStep,
    place: SourceNode['position'],
    node: SourceNode,
  ): Act {
    const gate = written[verdict] ?? '';
    this.#names.checkGate(gate, place);
    const choice =
      written.choice === undefined ? null : this.#principalNamed(written.choice, node, ['choice']);
    const named = choice === null ? {} : { choice };
    return { kind: 'decision', gate, verdict, ...named, reason: written.reason ?? null };
  }

  #readActors(key: ActKey, { by }: WrittenStep, node: SourceNode): readonly Principal[] {
    if (by === undefined) {
      this.#findings.error('missing-field', node.position, `Who does this? Add "by" beside "${key}".`);
      return [];
    }
    if (typeof by === 'string') return [this.#principalNamed(by, node, ['by'])].filter((one) => one !== null);
    if (!repeatable.includes(key)) {
      this.#findings.error(
        'bad-value',
        findNode(node, ['by']).position,
        `One does a ${key}: name one in "by".`,
      );
    }
    return by
      .map((name, index) => this.#principalNamed(name, node, ['by', String(index)]))
      .filter((one) => one !== null);
  }

  #principalNamed(name: string, node: SourceNode, path: readonly string[]): Principal | null {
    const found = this.#cast.names.get(name) ?? this.#cast.directory.principals.get(name);
    const place = findNode(node, path).position;
    if (found === undefined) {
      const message = `Nobody is called "${name}" in the cast.${suggestName(name, this.#cast.names.keys())}`;
      this.#findings.error('unknown-principal', place, message);
      return null;
    }
    if (!found.active) {
      this.#findings.error(
        'inactive-principal',
        place,
        `${found.id} is not active in the directory, and can do nothing.`,
      );
    }
    return found;
  }
}

/** The reader has made sure that it is JSON. */
const json = (value: unknown): JsonObject => (value ?? {}) as JsonObject;

function toExpectation(then: WrittenStep['then']): Expectation | null {
  if (then === undefined) return null;
  return typeof then === 'string' || Array.isArray(then) ? { state: then } : (then as Expectation);
}

function toReason(refused: ExpectedRefusal | undefined): ExpectedReason | null {
  if (refused === undefined) return null;
  if (typeof refused === 'string') return { code: refused, says: null, reason: null };
  return { code: refused.code, says: refused.says ?? null, reason: refused.reason ?? null };
}
