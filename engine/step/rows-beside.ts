/**
 * What the ledger keeps beside an instance's record so that it can be found: the columns of its row, and the
 * lists of open gates, requests, timers and searchable fields. All of it follows from the record, and here is
 * how: so verification can tell when somebody changed a list and not the record (P5).
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { signCounterOf } from '../oversight/assurance.ts';
import { activeStates } from './active-states.ts';
import type { RecordOutcome } from './instance-trial.ts';
import { noticeName, noticesOf } from './notices.ts';
import type { ProblemKind } from './verify-instance.ts';

/** Members are texts and numbers as the ledger has them; instants are ISO 8601 with milliseconds. */
export interface RowsBeside {
  readonly columns: Columns;
  readonly gates: readonly Row[];
  readonly requests: readonly Row[];
  readonly timers: readonly Row[];
  readonly notices: readonly Row[];
  readonly fields: readonly Row[];
  /** What the database counts at the last door. */
  readonly decisions: readonly Row[];
  readonly counts: readonly Row[];
  /** What of a ballot box can be told without opening it. */
  readonly ballots: readonly Row[];
  readonly proposals: readonly Row[];
  /** The codes and signatures that decisions took. */
  readonly shown: readonly Row[];
}

export interface Columns {
  readonly definition: string;
  readonly process: string;
  readonly initiator: string;
  readonly initiatorUnit: string | null;
  readonly status: string;
  readonly states: readonly string[];
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** One row of a list: what it is called there, and all it says. */
export interface Row {
  readonly name: string;
  readonly [column: string]: string | number;
}

export function rowsBeside(outcome: RecordOutcome): RowsBeside {
  const { process, state, startedAt, updatedAt, requestedAt, decisions, counts, latestProposals } = outcome;
  const definition = process.hash;
  return {
    columns: {
      definition,
      process: process.definition.id,
      initiator: state.initiator.principal,
      initiatorUnit: state.initiator.unit,
      status: state.status,
      states: activeStates(state.value),
      startedAt,
      updatedAt,
    },
    gates: Object.entries(state.gates).map(([name, { opened, openedAt, dueAt = '' }]) => ({
      name,
      definition,
      opened,
      openedAt,
      dueAt,
    })),
    requests: Object.entries(state.requests).map(([name, { opened, decision, places = 1 }]) => ({
      name,
      definition,
      opened,
      decision,
      places,
      requestedAt: requestedAt.get(opened) ?? '',
    })),
    decisions: decisions.map(({ seq, person, seat, gate }) => ({
      name: String(seq),
      gate: gate.state,
      opened: gate.opened,
      subject: gate.subject,
      person,
      seat,
      verdict: gate.verdict,
      choice: gate.choice ?? '',
      ballot: gate.ballot ?? '',
      outcome: gate.outcome ?? '',
    })),
    counts: counts.map(({ seq, counted: { meaning: _meaning, ballots: _ballots, chosen, ...counted } }) => ({
      name: String(seq),
      ...counted,
      chosen: chosen ?? '',
    })),
    ballots: decisions.flatMap(({ gate: { state: gate, opened, subject, ballot } }) =>
      ballot === undefined || memberOf(state.gates, gate)?.opened !== opened
        ? []
        : [{ name: ballot, gate, opened, subject, ballot: 'whole' }],
    ),
    proposals: latestProposals.map(({ decision, seq, digest, proposer, state: from, ...more }) => ({
      name: `${decision} ${seq}`,
      digest,
      proposer,
      state: from,
      opened: more.opened ?? 0,
      since: more.since ?? 0,
      chosen: more.chosen === null ? '' : String(more.chosen),
    })),
    shown: decisions.flatMap(({ seq, shown }) => {
      if (shown === null) return [];
      const { factor, once, principal, purpose } = shown;
      const counter = factor.kind === 'passkey' ? String(signCounterOf(factor)) : '';
      return [{ name: String(seq), factor: factor.id, once, principal, shownFor: purpose, counter }];
    }),
    notices: noticesOf(state).map((notice) => ({ name: noticeName(notice) })),
    timers: Object.entries(state.timers).map(([name, { set, dueAt }]) => ({ name, set, dueAt })),
    fields: process.indexedFields.flatMap((name) => {
      const value = memberOf(state.context, name) ?? null;
      return value === null ? [] : [{ name, process: process.definition.id, value: canonicalJson(value) }];
    }),
  };
}

export interface RowProblem {
  readonly code: ProblemKind;
  readonly message: string;
}

/** Every difference between the rows as they are and as the record makes them. */
export function compareRows(is: RowsBeside, should: RowsBeside): readonly RowProblem[] {
  return [
    ...compareColumns(is.columns, should.columns),
    ...compareLists('gate-differs', 'open gates', is.gates, should.gates),
    ...compareLists('request-differs', 'requests for a proposal', is.requests, should.requests),
    ...compareLists('timer-differs', 'timers', is.timers, should.timers),
    ...compareLists('notice-differs', 'notices of gates', is.notices, should.notices),
    ...compareLists('field-differs', 'searchable fields', is.fields, should.fields),
    ...compareLists('decision-differs', 'decisions', is.decisions, should.decisions),
    ...compareLists('count-differs', 'counts', is.counts, should.counts),
    ...compareLists('ballot-differs', 'ballots in the box', is.ballots, should.ballots),
    ...compareLists('factor-differs', 'factors shown at decisions', is.shown, should.shown),
    ...compareLists('proposal-differs', 'latest proposals', is.proposals, should.proposals),
  ];
}

const columnTitles: { readonly [column in keyof Columns]: string } = {
  definition: 'definition',
  process: 'process',
  initiator: 'initiator',
  initiatorUnit: "initiator's unit",
  status: 'status',
  states: 'active states',
  startedAt: 'time of its start',
  updatedAt: 'time of its last step',
};

function compareColumns(is: Columns, should: Columns): readonly RowProblem[] {
  const problems: RowProblem[] = [];
  for (const [column, title] of Object.entries(columnTitles) as [keyof Columns, string][]) {
    const [stored, made] = [String(is[column]), String(should[column])];
    if (stored === made) continue;
    const message = `The row of the instance gives ${quoted(stored)} as the ${title}; the record leads to ${quoted(made)}.`;
    problems.push({ code: 'row-differs', message });
  }
  return problems;
}

function compareLists(
  code: RowProblem['code'],
  list: string,
  is: readonly Row[],
  should: readonly Row[],
): readonly RowProblem[] {
  if (is.length === 0 && should.length === 0) return [];
  const problems: RowProblem[] = [];
  const made = new Map(should.map((row) => [row.name, row]));
  const seen = new Set<string>();
  for (const row of is) {
    const expected = made.get(row.name);
    const isTwice = seen.has(row.name);
    seen.add(row.name);
    if (isTwice) problems.push({ code, message: `The list of ${list} has ${quoted(row.name)} twice.` });
    else if (expected === undefined) {
      const message = `The list of ${list} has ${quoted(row.name)}, which by the record is not there.`;
      problems.push({ code, message });
    } else problems.push(...compareRow(code, list, row, expected));
  }
  for (const { name } of should) {
    if (seen.has(name)) continue;
    const message = `The list of ${list} lacks ${quoted(name)}, which by the record is there.`;
    problems.push({ code, message });
  }
  return problems;
}

function compareRow(code: RowProblem['code'], list: string, is: Row, should: Row): readonly RowProblem[] {
  return Object.entries(should)
    .filter(([column, value]) => is[column] !== value)
    .map(([column, value]) => ({
      code,
      message: `The list of ${list} gives ${quoted(String(is[column]))} as the ${column} of ${quoted(should.name)}; the record leads to ${quoted(String(value))}.`,
    }));
}

const quoted = (text: string) => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)} …` : text);
