import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { draftProposal } from '../../../cli/demo/demonstration-agent.ts';

const text = readFileSync(resolve(import.meta.dirname, '../../../demo/379-qd-tw.txt'), 'utf8');
const summaryOf = (source: string) =>
  draftProposal({ decision: 'summary', input: { title: 'Ví dụ', text: source }, instructions: null });

test('the summary of the regulation is its own heading, and says where it was found', () => {
  const proposal = summaryOf(text);
  expect(proposal?.payload).toEqual({
    summary: 'Về thực hiện giao dịch điện tử trong hoạt động của các cơ quan, tổ chức đảng',
    urgency: 'normal',
  });
  const [, evidence] = (proposal?.inputs ?? []) as string[];
  const [, line] = /^line (\d+): /.exec(evidence ?? '') ?? [];
  expect(text.split('\n')[Number(line) - 1]).toMatch(/^VỀ THỰC HIỆN GIAO DỊCH ĐIỆN TỬ/);
});

test('a text without a heading is summarised by its first line, cut to a sentence of bearable length', () => {
  expect(summaryOf('\nKính gửi các đơn vị.\nNội dung.')?.payload).toMatchObject({
    summary: 'Kính gửi các đơn vị.',
  });
  const long = summaryOf('dài '.repeat(500))?.payload as { summary: string };
  expect(long.summary.length).toBeLessThanOrEqual(300);
});

test.each([
  ['HỎA TỐC', 'express'],
  ['THƯỢNG KHẨN', 'very-urgent'],
  ['Khẩn', 'urgent'],
  ['không khẩn', 'normal'],
])('a document marked %s is %s', (mark, urgency) => {
  expect(summaryOf(`VỀ VIỆC VÍ DỤ\n${mark}\nNội dung.`)?.payload).toMatchObject({ urgency });
});

test('the same input always gives the same proposal, and an unknown kind of decision none', () => {
  expect(summaryOf(text)).toEqual(summaryOf(text));
  expect(draftProposal({ decision: 'budget', input: {}, instructions: null })).toBeNull();
});
