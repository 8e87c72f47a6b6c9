import { expect, test } from 'vitest';
import { cleanText } from '../../../engine/picture/clean-text.ts';
import { describeDelay, describeDuration } from '../../../engine/picture/describe-duration.ts';
import { legalText } from '../../../engine/picture/describe-legal-basis.ts';
import { describePeople } from '../../../engine/picture/describe-people.ts';
import { wordingIn } from './support/pictured.ts';

test('durations are words in both languages', () => {
  expect(describeDuration('P3D', 'en')).toBe('3 days');
  expect(describeDuration('P1D', 'vi')).toBe('1 ngày');
  expect(describeDuration('P1WT1H30M', 'en')).toBe('1 week 1 hour 30 minutes');
  expect(describeDuration('PT0S', 'en')).toBe('0 seconds');
});

test('working days are words too', () => {
  expect(describeDuration('3 working days', 'en')).toBe('3 working days');
  expect(describeDelay({ workingDays: 1 }, 'en')).toBe('1 working day');
  expect(describeDelay({ workingDays: 5 }, 'vi')).toBe('5 ngày làm việc');
  expect(describeDelay('PT10M', 'vi')).toBe('10 phút');
});

test('people are the titles of their roles where a directory has them, and plain words where not', () => {
  const wording = wordingIn('vi');
  expect(describePeople({ role: 'clerk' }, wording)).toBe('Văn thư');
  expect(describePeople({ role: ['archivist', 'clerk'] }, { language: 'en' })).toBe('Archivist / Clerk');
  expect(describePeople(undefined, wording)).toBe('Không ai');
  expect(describePeople({ initiator: true }, { language: 'en' })).toBe('Whoever started it');
});

test('a star says that more must hold than what is written', () => {
  const wording = { language: 'en' } as const;
  expect(describePeople({ role: 'clerk', unit: 'initiator.unit' }, wording)).toBe('Clerk*');
  expect(describePeople([{ role: 'clerk' }, { role: 'clerk', expression: 'true' }], wording)).toBe(
    'Clerk / Clerk*',
  );
  expect(describePeople({ expression: 'actor.unit == "x"' }, wording)).toBe('On a condition');
});

test('articles of one law stand behind its name once', () => {
  expect(legalText(['379/4.7', '379/27.4', '66/2'])).toBe('§ 379/4.7, 27.4; 66/2');
  expect(legalText([])).toBe('');
});

test('text from outside is one line without anything that turns, hides or stacks', () => {
  expect(cleanText('a\n\u202eb\u0000c\u200b d')).toBe('a b c d');
  expect(cleanText(`e${'\u0301'.repeat(50)}`).normalize('NFD').length).toBeLessThan(6);
  expect(cleanText('Ủy viên Ban Thường vụ')).toBe('Ủy viên Ban Thường vụ');
});
