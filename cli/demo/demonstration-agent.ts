/**
 * The agent of the demonstration. It is no language model and does not claim to be one: a few fixed
 * rules pick sentences out of the text they are given, so that the same text always gives the same
 * proposal. What it shows is the way of a proposal, which is the same for any model.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../schemas/json.ts';

export interface ProposalRequest {
  readonly decision: string;
  readonly input: JsonObject;
  readonly instructions: string | null;
}

/** What the agent hands in for a request, whole; null for a kind of decision it knows nothing about. */
export function draftProposal({ decision, input, instructions }: ProposalRequest): JsonObject | null {
  const draft =
    decision === 'summary' ? summarise(input) : decision === 'appointment' ? appoint(input) : null;
  if (draft === null) return null;
  return {
    ...draft,
    model: 'countersign-demonstration-rules',
    modelVersion: '1',
    promptHash: createHash('sha256')
      .update(instructions ?? '')
      .digest('hex'),
    confidence: null,
  };
}

const longestSummary = 300;

/** The heading "VỀ …" of the text, as Vietnamese documents carry it; else its first sentence. */
function summarise(input: JsonObject): JsonObject {
  const lines = String(input.text ?? '').split('\n');
  const heading = lines.findIndex((line) => /^VỀ \p{Lu}/u.test(line.trim()));
  const found = heading === -1 ? lines.findIndex((line) => line.trim() !== '') : heading;
  const line = (lines[found] ?? String(input.title ?? '')).trim();
  const summary = shorten(heading === -1 ? line : sentenceCase(line));
  const urgency = urgencyOf(lines);
  return {
    payload: { summary, urgency: urgency.value },
    rationale:
      `The summary is ${heading === -1 ? 'the first line' : 'the heading'} of the text (line ${found + 1}), ` +
      `in its own words. ${urgency.why}`,
    inputs: [
      `text of ${lines.length} lines, SHA-256 ${sha256(String(input.text ?? ''))}`,
      `line ${found + 1}: ${line.slice(0, 200)}`,
    ],
  };
}

/** A statement made of the dossier alone, which says what the dossier does not show. */
function appoint(input: JsonObject): JsonObject {
  const dossier = String(input.dossier ?? '');
  const post = String(input.post ?? '');
  const sentences = dossier.split(/(?<=[.!?])\s+/).filter((sentence) => sentence !== '');
  const term = /(\d+) năm/.exec(dossier.match(/[Tt]hời hạn[^.]*/)?.[0] ?? '')?.[0] ?? 'không nêu trong hồ sơ';
  return {
    payload: {
      statement:
        `Đề xuất bổ nhiệm ${input.candidate} giữ chức vụ ${post}. Căn cứ hồ sơ: ${sentences.slice(0, 3).join(' ')} ` +
        'Hồ sơ không nêu thêm thông tin; đề nghị cấp có thẩm quyền xem xét, thẩm định và biểu quyết.',
      term,
    },
    rationale: `Every statement is taken from the dossier (${sentences.length} sentences); nothing was added.`,
    inputs: [
      `dossier, SHA-256 ${sha256(dossier)}`,
      ...sentences.slice(0, 3).map((sentence) => sentence.slice(0, 500)),
    ],
  };
}

/** The marks that a document carries on a line of their own: hỏa tốc, thượng khẩn, khẩn. */
function urgencyOf(lines: readonly string[]): { readonly value: string; readonly why: string } {
  const marks = [
    ['HỎA TỐC', 'express'],
    ['THƯỢNG KHẨN', 'very-urgent'],
    ['KHẨN', 'urgent'],
  ] as const;
  for (const [mark, value] of marks) {
    const at = lines.findIndex((line) => line.trim().toLocaleUpperCase('vi') === mark);
    if (at !== -1) return { value, why: `The text is marked ${mark} on line ${at + 1}.` };
  }
  return { value: 'normal', why: 'The text carries no mark of urgency.' };
}

function sentenceCase(line: string): string {
  const lower = line.toLocaleLowerCase('vi');
  return lower.charAt(0).toLocaleUpperCase('vi') + lower.slice(1);
}

function shorten(line: string): string {
  if (line.length <= longestSummary) return line;
  return `${line.slice(0, line.lastIndexOf(' ', longestSummary - 2))} …`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
