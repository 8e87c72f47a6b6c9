/** Answers that are kept for repeated requests: each must say what the record says of the entry it names. */
import type { JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AnswerOnTrial, AnswerPlace } from '../ledger/record-reader.ts';
import { parseEntry } from '../step/entry-problems.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { Problem } from '../step/verify-instance.ts';

const answersAtOnce = 500;

export async function findAnswerProblems(ledger: Pick<Ledger, 'readAnswers'>): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (let after: AnswerPlace | null = null; ; ) {
    const page: readonly AnswerOnTrial[] = await ledger.readAnswers(after, answersAtOnce);
    for (const answer of page) problems.push(...problemsOf(answer));
    const last = page.at(-1);
    if (last === undefined || page.length < answersAtOnce) return problems;
    after = { principal: last.principal, key: last.key };
  }
}

/** The hash of the request's body follows from nothing on the record, so it is not looked at. */
function problemsOf(on: AnswerOnTrial): readonly Problem[] {
  const { instance, seq } = on.answer ?? {};
  const report = (why: string): readonly Problem[] => [
    {
      instance: typeof instance === 'string' ? instance : 'answers',
      seq: typeof seq === 'number' ? seq : 0,
      code: 'answer-differs',
      message: `The answer kept for the Idempotency-Key ${on.key} of ${on.principal} ${why}.`,
    },
  ];
  if (on.answer === null) return report('is no JSON object any more');
  // An altered entry is told where its instance is verified, and is nothing to judge an answer by.
  if (on.entry !== null && sha256Hex(on.entry.text) !== on.entry.hash) return [];
  const entry = on.entry === null ? null : parseEntry(on.entry.text);
  if (on.entry === null || entry === null) return report('names an entry that is not there');
  if (entry.actor?.principal !== on.principal) return report('names an entry that somebody else made');
  if (entry.time !== on.answeredAt) return report(`says ${on.answeredAt}, and its entry ${entry.time}`);
  const should = answerBy(on);
  const differing = [...new Set([...Object.keys(on.answer), ...Object.keys(should)])]
    .filter((name) => textOf(on.answer?.[name]) !== textOf(should[name]))
    .sort();
  if (differing.length === 0) return [];
  return report(`gives other values of ${differing.join(', ')} than the record`);
}

/** What moving the instance answered, told by the record alone. An instance that is done takes no further step. */
function answerBy({ entry, process, lastState }: AnswerOnTrial): JsonObject {
  const told = parseEntry(entry?.text ?? '');
  const state = parseState(lastState);
  const isDone = state?.status === 'done';
  return {
    instance: told?.instance ?? null,
    process,
    definition: told?.definition ?? null,
    seq: told?.seq ?? null,
    status: isDone ? 'done' : 'active',
    states: told?.to ?? null,
    output: isDone ? state.output : null,
    entry: entry?.hash ?? null,
    outcome: (told?.gate ?? told?.counted)?.outcome ?? null,
  };
}

function parseState(text: string | null): Pick<StoredState, 'status' | 'output'> | null {
  try {
    return text === null ? null : (JSON.parse(text) as StoredState);
  } catch {
    // A state that is none any more is told where the instance is verified.
    return null;
  }
}

const textOf = (value: unknown) => (value === undefined ? '' : canonicalJson(value));
