/** What replay finds wrong in a record: steps the definition does not make, and a state it does not lead to. */
import type { Entry } from '../../schemas/entry.ts';
import type { JsonObject } from '../../schemas/json.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { holdsCommitment } from '../evidence/sha256.ts';
import { replayInstance } from './replay-instance.ts';
import type { Step } from './step.ts';
import type { InstanceOnTrial, Problem, RecordedEntry } from './verify-instance.ts';

/** `found` are the problems known already: an entry in it is not blamed again for what follows from them. */
export function replayProblems(
  trial: InstanceOnTrial,
  process: CompiledProcess,
  parsed: readonly (Entry | null)[],
  found: readonly Problem[],
): Problem[] {
  const { instance, entries } = trial;
  const problems: Problem[] = [];
  const blamed = new Set(found.filter(({ code }) => code !== 'chain-broken').map(({ seq }) => seq));
  let state: string | null = null;
  let replayed = 0;
  try {
    for (const { result } of replayInstance(process, entries)) {
      const recorded = entries[replayed];
      const entry = parsed[replayed] ?? null;
      if (recorded === undefined) break;
      const why =
        result.kind === 'refusal'
          ? `replay refuses it: ${result.message}`
          : differenceOf(result, recorded, entry);
      if (why !== null && !blamed.has(recorded.seq)) {
        problems.push({
          instance,
          seq: recorded.seq,
          ...(why === lostContext ? contextProblem : differs(why)),
        });
      }
      if (result.kind === 'refusal') break;
      state = canonicalJson(result.state);
      replayed += 1;
    }
  } catch (error) {
    const seq = entries[replayed]?.seq ?? 0;
    if (!blamed.has(seq))
      problems.push({
        instance,
        seq,
        ...differs(`replay fails: ${error instanceof Error ? error.message : error}`),
      });
    return problems;
  }
  if (replayed === entries.length && state !== trial.state) {
    const message = 'The stored state is not the one that the record leads to.';
    problems.push({ instance, seq: entries.at(-1)?.seq ?? 0, code: 'state-differs', message });
  }
  return problems;
}

const lostContext = 'context';
const contextProblem = {
  code: 'content-altered',
  message: 'The context that the step changed is not what the entry is committed to.',
};
const differs = (why: string) => ({
  code: 'replay-differs',
  message: `The entry and the definition disagree: ${why}`,
});

/** Null when the step is exactly what the entry records. */
function differenceOf(step: Step, recorded: RecordedEntry, entry: Entry | null): string | null {
  if (entry === null) return null;
  const { data: _, context, previous: __, ...draft } = entry;
  if (canonicalJson(draft) !== canonicalJson(step.entry)) return differingMembers(draft, step.entry);
  return changedMatches(step.changed, recorded.changedSalt, context) ? null : lostContext;
}

function changedMatches(
  changed: JsonObject | null,
  salt: string | null,
  commitment: string | undefined,
): boolean {
  if (changed === null) return commitment === undefined && salt === null;
  return salt !== null && holdsCommitment(commitment, salt, canonicalJson(changed));
}

function differingMembers(recorded: object, replayed: object): string {
  const is = new Map(Object.entries(recorded));
  const should = new Map(Object.entries(replayed));
  const names = [...new Set([...is.keys(), ...should.keys()])].sort();
  const differing = names.filter((name) => textOf(is.get(name)) !== textOf(should.get(name)));
  return `other values of ${differing.join(', ')}.`;
}

const textOf = (value: unknown) => (value === undefined ? '' : canonicalJson(value));
