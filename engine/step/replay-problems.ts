/** What replay finds wrong in a record: steps the definition does not make, and a state it does not lead to. */
import type { Entry } from '../../schemas/entry.ts';
import type { JsonObject } from '../../schemas/json.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { holdsCommitment } from '../evidence/sha256.ts';
import { replayInstance } from './replay-instance.ts';
import type { Refusal, Step } from './step.ts';
import type { InstanceOnTrial, Problem, RecordedEntry } from './verify-instance.ts';

/** `parsed` are the trial's entries as their texts read now; `found` the problems known already. */
export function replayProblems(
  trial: InstanceOnTrial,
  process: CompiledProcess,
  parsed: readonly (Entry | null)[],
  found: readonly Problem[],
): Problem[] {
  const { instance, entries } = trial;
  const usable = replayable(entries, found);
  // An entry that is blamed already is not blamed again for what follows from it.
  const blamed = new Set(found.filter(({ code }) => !placeCodes.includes(code)).map(({ seq }) => seq));
  const problems: Problem[] = [];
  let state: string | null = null;
  let replayed = 0;
  try {
    for (const { result } of replayInstance(process, usable)) {
      const recorded = usable[replayed];
      if (recorded === undefined) break;
      const difference = differenceOf(result, recorded, parsed[replayed] ?? null);
      if (difference !== null && !blamed.has(recorded.seq))
        problems.push({ instance, seq: recorded.seq, ...difference });
      if (result.kind === 'refusal') return problems;
      state = canonicalJson(result.state);
      replayed += 1;
    }
  } catch (error) {
    // A stimulus of the wrong shape breaks the step's assumptions; the trial of the other instances goes on.
    const why = error instanceof Error ? error.message : String(error);
    return [
      ...problems,
      { instance, seq: usable[replayed]?.seq ?? 0, ...disagreement(`replay fails: ${why}`) },
    ];
  }
  if (replayed === trial.seq && replayed === entries.length && state !== trial.state) {
    const message = 'The stored state is not the one that the record leads to.';
    problems.push({ instance, seq: replayed, code: 'state-differs', message });
  }
  return problems;
}

/** Codes that say where an entry stands, not what it holds. */
const placeCodes = ['chain-broken', 'head-differs'];

/** The entries up to the first gap, and up to the first whose stimulus is gone or is not the one committed to. */
function replayable(entries: readonly RecordedEntry[], found: readonly Problem[]): readonly RecordedEntry[] {
  const spoiled = new Set(found.filter(({ code }) => code.startsWith('content-')).map(({ seq }) => seq));
  const end = entries.findIndex(({ seq }, index) => seq !== index + 1 || spoiled.has(seq));
  return end === -1 ? entries : entries.slice(0, end);
}

type Difference = Pick<Problem, 'code' | 'message'>;

const disagreement = (why: string): Difference => ({
  code: 'replay-differs',
  message: `The entry and the definition disagree: ${why}`,
});

/** Null when the step is exactly what the entry records. */
function differenceOf(
  result: Step | Refusal,
  recorded: RecordedEntry,
  entry: Entry | null,
): Difference | null {
  if (result.kind === 'refusal') return disagreement(`replay refuses it. ${result.message}`);
  if (entry === null) return null;
  const { data: _, context, previous: __, ...draft } = entry;
  const differing = differingMembers(draft, result.entry);
  if (differing.length > 0) return disagreement(`replay gives other values of ${differing.join(', ')}.`);
  if (changedMatches(result.changed, recorded.changedSalt, context)) return null;
  return {
    code: 'content-altered',
    message: 'The context that the step changed is not what the entry is committed to.',
  };
}

function changedMatches(
  changed: JsonObject | null,
  salt: string | null,
  commitment: string | undefined,
): boolean {
  if (changed === null) return commitment === undefined && salt === null;
  return salt !== null && holdsCommitment(commitment, salt, canonicalJson(changed));
}

function differingMembers(recorded: object, replayed: object): readonly string[] {
  const is = new Map(Object.entries(recorded));
  const should = new Map(Object.entries(replayed));
  const names = [...new Set([...is.keys(), ...should.keys()])].sort();
  return names.filter((name) => textOf(is.get(name)) !== textOf(should.get(name)));
}

const textOf = (value: unknown) => (value === undefined ? '' : canonicalJson(value));
