/**
 * Every kind of difference that is told, the most dangerous first: this order is the order of the answer.
 * `danger` weakens who decides what, or cannot be shown not to; `care` changes what people, programs or
 * running instances meet; `note` changes words. It must not know how a difference is found.
 */

export type DangerLevel = 'danger' | 'care' | 'note';

export interface DifferenceKind {
  readonly level: DangerLevel;
  /** What the same change is called when it is made the other way round. */
  readonly opposite: string;
}

/** Pairs: what weakens, and its opposite. A code that stands alone is its own opposite. */
const dangers = [
  ['gate-removed', 'gate-added'],
  ['gate-bypassed', 'gate-enforced'],
  ['gate-unreached', 'gate-reached'],
  ['quorum-lowered', 'quorum-raised'],
  ['quorum-changed'],
  ['single-rejection-lost', 'single-rejection-gained'],
  ['binding-removed', 'binding-added'],
  ['binding-changed'],
  ['meaning-changed'],
  ['exclusion-dropped', 'exclusion-added'],
  ['subject-removed', 'subject-added'],
  ['subject-changed'],
  ['reviewers-widened', 'reviewers-narrowed'],
  ['electorate-changed'],
  ['assurance-lowered', 'assurance-raised'],
  ['independent-view-dropped', 'independent-view-asked'],
  ['presence-changed'],
  ['ballot-changed'],
  ['reviewers-changed'],
  ['personnel-dropped', 'personnel-marked'],
  ['importance-lowered', 'importance-raised'],
  ['field-unprotected', 'field-protected'],
  ['field-protection-changed'],
  ['outcome-removed', 'outcome-added'],
  ['decision-added', 'decision-removed'],
  ['proposal-added', 'proposal-removed'],
  ['proposal-kind-changed'],
  ['agent-widened', 'agent-narrowed'],
  ['agent-changed'],
  ['alternatives-lowered', 'alternatives-raised'],
  ['agent-sees-more', 'agent-sees-less'],
  ['agent-input-changed'],
  ['start-widened', 'start-narrowed'],
  ['start-changed'],
  ['allow-widened', 'allow-narrowed'],
  ['allow-changed'],
  ['event-permitted', 'event-forbidden'],
  ['guard-removed', 'guard-added'],
  ['guard-changed'],
  ['transition-retargeted'],
  ['transition-added', 'transition-removed'],
  ['candidate-added', 'candidate-removed'],
  ['candidate-exposed', 'candidate-hidden'],
  ['work-added', 'work-removed'],
  ['work-changed'],
  ['effect-added', 'effect-removed'],
  ['effect-order-changed'],
  ['operator-widened', 'operator-narrowed'],
  ['operator-changed'],
  ['declaration-changed'],
  ['schedule-changed'],
  ['candidate-order-changed'],
  ['deadline-removed', 'deadline-added'],
  ['assignment-changed'],
  ['initial-changed'],
  ['state-kind-changed'],
  ['history-changed'],
  ['reentry-changed'],
  ['result-changed'],
  ['input-optional', 'input-required'],
  ['input-widened', 'input-narrowed'],
  ['input-changed'],
  ['classification-raised', 'classification-lowered'],
  ['security-level-lowered', 'security-level-raised'],
  ['field-disclosed', 'field-confidential'],
  ['not-deployable', 'deployable'],
  ['other-change'],
] as const;

/** Dangerous as well, although the opposite of a danger: less is asked, or time alone moves a case. */
const dangerousBothWays: readonly string[] = ['candidate-removed', 'deadline-added'];

const cares = [
  ['process-renamed'],
  ['responsible-changed'],
  ['owner-changed'],
  ['state-removed', 'state-added'],
  ['state-renamed'],
  ['deadline-shortened', 'deadline-lengthened'],
  ['due-removed', 'due-added'],
  ['due-changed'],
  ['escalation-changed'],
  ['declaration-removed', 'declaration-added'],
  ['calendar-changed'],
  ['field-required', 'field-optional'],
  ['field-removed', 'field-added'],
  ['field-narrowed', 'field-widened'],
  ['field-changed'],
  ['input-field-added', 'input-field-removed'],
  ['proposal-output-changed'],
  ['instructions-changed'],
  ['output-changed'],
  ['region-order-changed'],
  ['legal-basis-dropped', 'legal-basis-added'],
  ['index-removed', 'index-added'],
] as const;

const notes = [
  ['exclusion-word-dropped', 'exclusion-word-added'],
  ['importance-word-changed'],
  ['version-changed'],
  ['version-unchanged'],
  ['title-changed'],
  ['description-changed'],
  ['spelling-changed'],
] as const;

type CodeOf<Rows extends readonly (readonly string[])[]> = Rows[number][number];
export type DifferenceCode = CodeOf<typeof dangers> | CodeOf<typeof cares> | CodeOf<typeof notes>;

/** By code. The order of the map is the order of the answer within one level. */
export const differenceKinds: ReadonlyMap<string, DifferenceKind> = new Map([
  ...dangers.flatMap((row) => kindsOf(row, 'danger')),
  ...cares.flatMap((row) => kindsOf(row, 'care')),
  ...notes.flatMap((row) => kindsOf(row, 'note')),
]);

function kindsOf(row: readonly string[], level: DangerLevel): [string, DifferenceKind][] {
  const [first = '', second = first] = row;
  const milder = level === 'danger' && !dangerousBothWays.includes(second) ? 'care' : level;
  return first === second
    ? [[first, { level, opposite: first }]]
    : [
        [first, { level, opposite: second }],
        [second, { level: milder, opposite: first }],
      ];
}
