/**
 * Whether what an agent says beside its payload has its form and its bounds. The payload itself is held by the
 * schema of the definition. The API tells the same bounds; here they hold whoever asks for the step.
 */
import { EVIDENCE_LINK, PROMPT_HASH, proposalBounds } from '../../schemas/proposal-bounds.ts';
import type { ProposalSubmission } from './stimulus.ts';

export interface SubmissionIssue {
  readonly at: string;
  readonly message: string;
}

/** Empty when all of it may be stored. */
export function checkSubmission(submission: ProposalSubmission): readonly SubmissionIssue[] {
  const { model, modelVersion, promptHash, rationale, confidence, inputs, evidence } = submission;
  return [
    ...textIssues('model', model, proposalBounds.model),
    ...textIssues('modelVersion', modelVersion, proposalBounds.model),
    ...(promptHashForm.test(promptHash) ? [] : [issue('promptHash', 'must be the SHA-256 of the prompt')]),
    ...textIssues('rationale', rationale, proposalBounds.rationale),
    ...(confidence === null || (confidence >= 0 && confidence <= 1)
      ? []
      : [issue('confidence', 'must be from 0 to 1')]),
    ...listIssues('inputs', inputs, proposalBounds.references, isReference, 'must be a short text'),
    ...listIssues('evidence', evidence, proposalBounds.links, isLink, 'must be a plain https:// address'),
  ];
}

const promptHashForm = new RegExp(PROMPT_HASH);
const linkForm = new RegExp(EVIDENCE_LINK);

const isReference = (text: string) => text.trim() !== '' && text.length <= proposalBounds.reference;
const isLink = (text: string) => text.length <= proposalBounds.reference && linkForm.test(text);

function textIssues(member: string, text: string, most: number): readonly SubmissionIssue[] {
  if (text.trim() === '') return [issue(member, 'must say something')];
  return text.length > most ? [issue(member, `must not be longer than ${most} characters`)] : [];
}

function listIssues(
  member: string,
  list: readonly string[],
  most: number,
  fits: (text: string) => boolean,
  message: string,
): readonly SubmissionIssue[] {
  if (list.length > most) return [issue(member, `must not have more than ${most} items`)];
  return list.flatMap((text, place) => (fits(text) ? [] : [issue(`${member}/${place}`, message)]));
}

const issue = (at: string, message: string): SubmissionIssue => ({ at: `/${at}`, message });
