/** Every word that a picture says by itself, in both languages. What the file says is not here. */
import type { Meaning, Quorum } from '../../schemas/process-definition.ts';

export type Language = 'vi' | 'en';

export interface PictureWords {
  readonly acts: Readonly<Record<Meaning, string>>;
  readonly proposes: string;
  readonly anywhere: string;
  readonly anywhereInside: string;
  readonly again: string;
  readonly anyEvent: string;
  readonly nobody: string;
  readonly initiator: string;
  readonly sameUnit: string;
  readonly condition: string;
  readonly when: string;
  readonly done: string;
  readonly failed: string;
  readonly start: string;
  readonly outcomes: Readonly<Record<'approved' | 'returned' | 'rejected', string>>;
  after(duration: string): string;
  within(duration: string): string;
  quorum(approve: Quorum['approve']): string;
  readonly units: Readonly<Record<'week' | 'day' | 'hour' | 'minute' | 'second', readonly [string, string]>>;
  readonly legend: Readonly<Record<LegendWord, string>>;
  /** Over the picture of a definition that is refused: on the numbered way a proposal of this kind is never decided. */
  bypass(kind: string): string;
  readonly unproven: string;
  readonly owner: string;
  readonly responsible: string;
  readonly legalBasis: string;
  /** What a reader who cannot see it is told: how many states, gates, places where an AI proposes, transitions. */
  summary(states: number, gates: number, proposals: number, transitions: number): string;
  /** On an ending that is named, not drawn to: from how many places. */
  entered(ways: number): string;
}

export type LegendWord =
  | 'gate'
  | 'ai'
  | 'aiSubject'
  | 'success'
  | 'failure'
  | 'history'
  | 'person'
  | 'timer'
  | 'stays'
  | 'forbidden'
  | 'guard'
  | 'further'
  | 'event'
  | 'approved'
  | 'returned'
  | 'rejected'
  | 'error'
  | 'after'
  | 'uncovered'
  | 'halfTested'
  | 'states'
  | 'transitions'
  | 'guards'
  | 'outcomes'
  | 'path'
  | 'bypass';

const vietnamese: PictureWords = {
  acts: { consider: 'Xem xét', appraise: 'Thẩm định', approve: 'Phê duyệt' },
  proposes: 'AI đề xuất',
  anywhere: 'Ở mọi bước',
  anywhereInside: 'Ở mọi bước trong khung',
  again: 'Trở lại',
  anyEvent: 'mọi sự kiện khác',
  nobody: 'Không ai',
  initiator: 'Người khởi tạo',
  sameUnit: 'Cùng đơn vị',
  condition: 'Có điều kiện',
  when: 'nếu',
  done: 'Xong',
  failed: 'Lỗi',
  start: 'Bắt đầu',
  outcomes: { approved: 'Đồng ý', returned: 'Trả lại', rejected: 'Không đồng ý' },
  after: (duration) => `Sau ${duration}`,
  within: (duration) => `trong ${duration}`,
  quorum: (approve) =>
    typeof approve === 'number'
      ? `cần ${approve} người đồng ý`
      : {
          'more-than-half': 'quá nửa tổng số thành viên',
          'two-thirds': 'ít nhất hai phần ba tổng số thành viên',
          all: 'tất cả thành viên',
        }[approve],
  units: {
    week: ['tuần', 'tuần'],
    day: ['ngày', 'ngày'],
    hour: ['giờ', 'giờ'],
    minute: ['phút', 'phút'],
    second: ['giây', 'giây'],
  },
  legend: {
    gate: 'người có thẩm quyền quyết định',
    ai: 'AI chỉ đề xuất',
    aiSubject: 'đề xuất của AI được đưa ra quyết định',
    success: 'kết thúc đạt mục đích',
    failure: 'kết thúc không đạt mục đích',
    history: 'trở lại chỗ vừa rời',
    person: 'ai được làm',
    timer: 'thời hạn',
    stays: 'làm tại chỗ, không chuyển bước',
    forbidden: 'không được phép',
    guard: 'điều kiện',
    further: '* kèm điều kiện khác',
    event: 'có người hoặc hệ thống thực hiện',
    approved: 'đồng ý',
    returned: 'trả lại',
    rejected: 'không đồng ý',
    error: 'lỗi hoặc không trả lời',
    after: 'hết thời gian',
    uncovered: 'chưa được kiểm thử',
    halfTested: 'điều kiện mới thử một chiều',
    states: 'bước đã kiểm thử:',
    transitions: 'bước chuyển đã kiểm thử:',
    guards: 'điều kiện đã thử cả hai chiều:',
    outcomes: 'kết quả duyệt đã kiểm thử:',
    path: 'đường đi, theo thứ tự',
    bypass: 'đường vượt cửa duyệt, theo thứ tự này',
  },
  bypass: (kind) =>
    `Bị từ chối: theo đường đánh số, đề xuất "${kind}" có hiệu lực khi người có thẩm quyền chưa phê duyệt.`,
  unproven: 'Bị từ chối: chưa chứng minh được rằng không đề xuất nào có hiệu lực trước khi được phê duyệt.',
  owner: 'Chủ quản hệ thống',
  responsible: 'Chịu trách nhiệm',
  legalBasis: 'Căn cứ',
  summary: (states, gates, proposals, transitions) =>
    `Sơ đồ quy trình: ${states} bước, ${transitions} bước chuyển, ${gates} điểm do người quyết định, ` +
    `${proposals} chỗ AI đề xuất.`,
  entered: (ways) => `từ ${ways} bước`,
};

const english: PictureWords = {
  acts: { consider: 'Consider', appraise: 'Appraise', approve: 'Approve' },
  proposes: 'AI proposes',
  anywhere: 'At any step',
  anywhereInside: 'At any step in this frame',
  again: 'Back to',
  anyEvent: 'any other event',
  nobody: 'Nobody',
  initiator: 'Whoever started it',
  sameUnit: 'Same unit',
  condition: 'On a condition',
  when: 'if',
  done: 'Done',
  failed: 'Failed',
  start: 'Start',
  outcomes: { approved: 'Approved', returned: 'Returned', rejected: 'Rejected' },
  after: (duration) => `After ${duration}`,
  within: (duration) => `within ${duration}`,
  quorum: (approve) =>
    typeof approve === 'number'
      ? `${approve} must agree`
      : {
          'more-than-half': 'more than half of all members',
          'two-thirds': 'at least two thirds of all members',
          all: 'all members',
        }[approve],
  units: {
    week: ['week', 'weeks'],
    day: ['day', 'days'],
    hour: ['hour', 'hours'],
    minute: ['minute', 'minutes'],
    second: ['second', 'seconds'],
  },
  legend: {
    gate: 'authorised people decide',
    ai: 'an AI proposes, no more',
    aiSubject: "the AI's proposal that is decided on",
    success: 'end, purpose reached',
    failure: 'end without success',
    history: 'back to where it left',
    person: 'who may',
    timer: 'time limit',
    stays: 'done in place, no change of step',
    forbidden: 'not allowed here',
    guard: 'condition',
    further: '* and a further condition',
    event: 'somebody does it',
    approved: 'approved',
    returned: 'returned',
    rejected: 'rejected',
    error: 'failure or no answer',
    after: 'time is up',
    uncovered: 'not covered by tests',
    halfTested: 'condition tested one way only',
    states: 'states covered:',
    transitions: 'transitions covered:',
    guards: 'conditions covered both ways:',
    outcomes: 'outcomes of gates covered:',
    path: 'path, in this order',
    bypass: 'the way past the gate, in this order',
  },
  bypass: (kind) =>
    `Refused: on the numbered way a proposal of "${kind}" takes effect before authorised people approved it.`,
  unproven: 'Refused: it is not proven that no proposal takes effect before authorised people approved it.',
  owner: 'System owner',
  responsible: 'Responsible',
  legalBasis: 'Legal basis',
  summary: (states, gates, proposals, transitions) =>
    `Process diagram: ${states} states, ${transitions} transitions, ${gates} gates where people decide, ` +
    `${proposals} places where an AI proposes.`,
  entered: (ways) => `from ${ways} steps`,
};

export const pictureWords: Readonly<Record<Language, PictureWords>> = { vi: vietnamese, en: english };
