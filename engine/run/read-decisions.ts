/** Every decision of an instance from its record: also of gates that closed, of votes that lost, and void ones; and every count of secret ballots. */
import type { Entry } from '../../schemas/entry.ts';
import type { Stimulus } from '../step/stimulus.ts';
import type { RecordEntry, RecordedCount, RecordedDecision } from './engine-contract.ts';

/** Those among these entries. A reason that was destroyed, or is withheld from the reader, is null. */
export function decisionsAmong(entries: readonly RecordEntry[]): readonly RecordedDecision[] {
  return entries.flatMap(({ entry, data }) =>
    entry.gate === undefined ? [] : [toDecision(entry, entry.gate, data)],
  );
}

/** Those among these entries. Ballots that were destroyed, or are withheld from the reader, are null. */
export function countsAmong(entries: readonly RecordEntry[]): readonly RecordedCount[] {
  return entries.flatMap(({ entry: { seq, time, actor, counted }, data }) => {
    if (counted === undefined) return [];
    const body = data === null ? null : (data as unknown as Stimulus).body;
    const { ballots: _digest, chosen = null, ...told } = counted;
    const ballots = body?.kind === 'count' ? body.ballots : null;
    return [{ seq, time, principal: actor.principal, ...told, chosen, ballots }];
  });
}

function toDecision(
  { seq, time, actor }: Entry,
  { state, opened, meaning, subject, verdict, choice, outcome, chosen }: NonNullable<Entry['gate']>,
  data: RecordEntry['data'],
): RecordedDecision {
  const body = data === null ? null : (data as unknown as Stimulus).body;
  return {
    seq,
    time,
    gate: state,
    opened,
    meaning,
    subject,
    principal: actor.principal,
    onBehalfOf: actor.onBehalfOf ?? null,
    verdict,
    choice: choice ?? null,
    reason: body?.kind === 'decision' ? body.reason : null,
    outcome: outcome ?? null,
    chosen: chosen ?? null,
  };
}
