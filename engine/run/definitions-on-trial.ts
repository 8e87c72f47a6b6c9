/** Stored definitions, each checked against its hash before it is trusted to replay anything. */
import { checkCertificate } from '../certificate-check/check-certificate.ts';
import { type Certificate, readCertificate } from '../certificate-check/read-certificate.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { loadDefinition } from '../definition/load-definition.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { Ledger, StoredDefinition } from '../ledger/ledger.ts';
import type { StoredDoorRules } from '../ledger/record-reader.ts';
import type { DoorRules } from '../oversight/door-rules.ts';
import type { Destination } from '../step/destination.ts';
import type { Problem, ProblemKind } from '../step/verify-instance.ts';
import { doorRulesOf } from '../verify/door-rules.ts';
import { RecentMap } from './recent-map.ts';

interface Known {
  readonly process: CompiledProcess | null;
  readonly certificate: Certificate | null;
}

const keptCompiled = 500;
const definitionsAtOnce = 20;

export class DefinitionsOnTrial {
  readonly #ledger: Pick<Ledger, 'loadDefinition'>;
  readonly #known = new RecentMap<string, Known>(keptCompiled);

  constructor(ledger: Pick<Ledger, 'loadDefinition'>) {
    this.#ledger = ledger;
  }

  /** Null when it is not stored, or not as its hash says. */
  async get(hash: string): Promise<CompiledProcess | null> {
    const known = this.#known.get(hash);
    if (known !== undefined) return known.process;
    return this.take(hash, await this.#ledger.loadDefinition(hash));
  }

  /** The same, where it was read already. */
  take(hash: string, stored: StoredDefinition | null): CompiledProcess | null {
    const isItself = stored !== null && sha256Hex(stored.source) === hash;
    const process = isItself ? loadDefinition(stored.source) : null;
    this.#known.set(hash, { process, certificate: readCertificate(stored?.certificate ?? '') });
    return process;
  }

  /** What a migration leads to; undefined when it was not asked for lately. */
  destination(hash: string): Destination | null | undefined {
    const known = this.#known.get(hash);
    if (known === undefined) return undefined;
    const { process, certificate } = known;
    return process === null || certificate === null ? null : { process, certificate };
  }
}

/** Each stored definition is judged with its certificate by the checker alone, whether an instance is on it or not. */
export async function findDefinitionProblems(
  ledger: Pick<Ledger, 'readDefinitions' | 'readDoorRules'>,
  definitions: DefinitionsOnTrial,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (let after: string | null = null; ; ) {
    const page = await ledger.readDefinitions(after, definitionsAtOnce);
    for (const stored of page) {
      const { hash, process: name, version, certificate } = stored;
      const report = (code: ProblemKind, message: string) =>
        problems.push({ instance: hash, seq: 0, code, message });
      const process = definitions.take(hash, stored);
      const doubt = process === null ? 'it is not stored unaltered' : checkCertificate(process, certificate);
      if (doubt !== null) {
        const what = `The definition ${name} ${version} is not proven by its certificate`;
        report('definition-not-certified', `${what}, because ${doubt}.`);
      }
      if (process !== null) {
        for (const message of doorProblems(stored, await ledger.readDoorRules(hash)))
          report('definition-differs', message);
      }
      if (process !== null && (process.definition.id !== name || process.definition.version !== version)) {
        const { id, version: own } = process.definition;
        report(
          'definition-differs',
          `The definition is stored as ${name} ${version}, but its text says ${id} ${own}.`,
        );
      }
    }
    if (page.length < definitionsAtOnce) return problems;
    after = page.at(-1)?.hash ?? null;
  }
}

/** Whether the database holds its last door by the rules that the definition's text gives. */
function doorProblems(
  { source, process, version }: StoredDefinition,
  is: StoredDoorRules,
): readonly string[] {
  const title = `The definition ${process} ${version}`;
  let should: DoorRules;
  try {
    should = doorRulesOf(source);
  } catch {
    return [`${title} gives this version of Countersign no rules for the last door.`];
  }
  const walls = should.walls.flatMap(({ gates: asked, binds, behind, behindProposal }) => [
    ...behind.map((state) => ({ state, gates: asked, binds, afterProposal: false })),
    ...behindProposal.map((state) => ({ state, gates: asked, binds, afterProposal: true })),
  ]);
  const differ = (what: string) => `${title} has other ${what} in the database than its text gives.`;
  return [
    ...(sameSet(is.gates, should.gates) ? [] : [differ('rules of its gates')]),
    ...(sameSet(is.walls, walls) ? [] : [differ('states behind its gates')]),
  ];
}

function sameSet(some: readonly object[], others: readonly object[]): boolean {
  const texts = (list: readonly object[]) => list.map((one) => canonicalJson(one)).sort();
  return texts(some).join('\n') === texts(others).join('\n');
}
