import { expect, test } from 'vitest';
import { drawPicture } from '../../../engine/picture/draw-picture.ts';
import { pictureWords } from '../../../engine/picture/picture-words.ts';
import { documentActions, documentTasks } from '../../../schemas/process-definition.ts';
import { smallDefinition } from '../verify/support/small-definition.ts';
import { compile, laidOut } from './support/pictured.ts';

const process = compile(
  smallDefinition({
    body: `tasks:
  book: { title: { vi: Đặt phòng, en: Book a room }, worker: { role: booker } }
  unbook: { worker: { role: booker } }
messages: { answer: { title: { vi: Thư trả lời, en: The answer }, keys: { all: "'all'" }, timeToLive: P1D } }
documents: { letter: { title: { vi: Thư mời, en: Invitation } } }
initial: booking
states:
  booking:
    entry: { document.draft: { document: letter, input: { title: "'A'" } } }
    invoke: { task: book, timeout: PT5M }
    compensate: { task: unbook, timeout: PT5M }
    onDone: { target: waiting, actions: { send: { message: answer } } }
    onError: undoing
    operator: { allow: { role: operator }, skip: waiting, repair: [booking] }
  waiting:
    after: { 3 working days: deciding }
    on: { answer: deciding }
  deciding:
    gate: { meaning: approve, reviewers: { role: a }, quorum: { approve: all, of: members }, ballot: secret, assurance: otp, due: P3D, onOverdue: { target: undoing } }
    on: { approved: asking, rejected: undoing }
  asking:
    invoke: { process: opinion, forEach: "['a']", timeout: P3D }
    onDone: done
    onError: undoing
  undoing: { invoke: { compensate: all, timeout: PT1H }, onDone: failed, onError: failed }
  done: { type: final }
  failed: { type: final, output: { result: "'failed'" } }
`,
  }),
);

test.each([
  [
    'en',
    [
      'TASK',
      'Book a room',
      'undone by Unbook',
      'Draft: Invitation',
      'Send The answer',
      'CHILD PROCESSES',
      'After 3',
      'secret ballot',
      'one-time password',
      'within 3 days',
      'Overdue',
      'UNDO WHAT WAS DONE',
      'An operator skips it',
    ],
  ],
  [
    'vi',
    [
      'NGHIỆP VỤ TỰ ĐỘNG',
      'Đặt phòng',
      'Lập dự thảo: Thư mời',
      'Gửi Thư trả lời',
      'CÁC QUY TRÌNH CON',
      'bỏ phiếu kín',
      'mã một lần',
      'trong 3 ngày',
      'Quá hạn',
      'HOÀN TÁC',
    ],
  ],
] as const)(
  'in %s a picture says what works, is sent, is done to documents, and by when',
  async (language, texts) => {
    const svg = drawPicture(process, await laidOut(process, language));
    const text = svg.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
    for (const one of texts) expect(text).toContain(one);
  },
);

test('every operation on documents has words in both languages', () => {
  const names = [...Object.keys(documentActions), ...Object.keys(documentTasks)].sort();
  for (const { work } of Object.values(pictureWords))
    expect(Object.keys(work.documents).sort()).toEqual(names);
});
