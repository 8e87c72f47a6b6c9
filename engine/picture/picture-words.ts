/** Every word that a picture says by itself, in both languages. What the file says is not here. */
import type { Gate, Meaning, Quorum } from '../../schemas/process-definition.ts';

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
  readonly work: {
    readonly task: string;
    readonly process: string;
    readonly processes: string;
    readonly undo: string;
    readonly undoneBy: string;
    readonly send: string;
    /** By operation. */
    readonly documents: Readonly<Record<string, string>>;
  };
  readonly secretBallot: string;
  readonly overdue: string;
  readonly skipped: string;
  readonly repaired: string;
  /** How surely reviewers must be known; empty where nothing more than signing in is asked. */
  readonly assurances: Readonly<Record<NonNullable<Gate['assurance']>, string>>;
  workingDays(count: number): string;
  readonly outcomes: Readonly<Record<'approved' | 'returned' | 'rejected', string>>;
  after(duration: string): string;
  within(duration: string): string;
  /** How many agents propose side by side. */
  several(atLeast: number, atMost: number): string;
  quorum(approve: Quorum['approve']): string;
  readonly units: Readonly<Record<'week' | 'day' | 'hour' | 'minute' | 'second', readonly [string, string]>>;
  readonly legend: Readonly<Record<LegendWord, string>>;
  /** Over the picture of a definition that is refused: on the numbered way a proposal of this kind is never decided. */
  bypass(kind: string): string;
  readonly passed: string;
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
  | 'work'
  | 'reaches'
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
  work: {
    task: 'Nghiệp vụ tự động',
    process: 'Quy trình con',
    processes: 'Các quy trình con',
    undo: 'Hoàn tác',
    undoneBy: 'hoàn tác bằng',
    send: 'Gửi',
    documents: {
      'document.draft': 'Lập dự thảo',
      'document.revise': 'Sửa dự thảo',
      'document.number': 'Lấy số văn bản',
      'document.share': 'Chia sẻ văn bản',
      'document.correct': 'Đính chính văn bản',
      'document.replace': 'Thay thế văn bản',
      'document.recall': 'Thu hồi văn bản',
      'document.invalidate': 'Hủy hiệu lực văn bản',
      'document.seal': 'Niêm phong văn bản',
      'document.unseal': 'Gỡ niêm phong văn bản',
      'document.archive': 'Nộp lưu văn bản',
      'document.extend': 'Gia hạn lưu trữ',
      'document.sign': 'Ký văn bản',
      'document.timestamp': 'Gắn dấu thời gian',
      'document.verify': 'Kiểm tra chữ ký',
      'document.issue': 'Ban hành văn bản',
      'document.deliver': 'Gửi văn bản',
      'document.receive': 'Tiếp nhận văn bản',
      'document.convert': 'Chuyển đổi văn bản',
      'document.destroy': 'Hủy văn bản',
    },
  },
  secretBallot: 'bỏ phiếu kín',
  overdue: 'Quá hạn',
  skipped: 'Người vận hành bỏ qua',
  repaired: 'Người vận hành sửa',
  assurances: { session: '', otp: 'mã một lần', passkey: 'khóa bảo mật', certificate: 'chứng thư số' },
  workingDays: (count) => `${count} ngày làm việc`,
  outcomes: { approved: 'Đồng ý', returned: 'Trả lại', rejected: 'Không đồng ý' },
  after: (duration) => `Sau ${duration}`,
  within: (duration) => `trong ${duration}`,
  several: (atLeast, atMost) => `${atLeast === atMost ? atMost : `${atLeast}–${atMost}`} đề xuất để lựa chọn`,
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
    work: 'hệ thống tự thực hiện',
    reaches: 'gửi đi, hoặc tác động đến văn bản',
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
  passed: 'Bị từ chối: đường đánh số vượt một cửa duyệt mà không cần phê duyệt.',
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
  work: {
    task: 'Task',
    process: 'Child process',
    processes: 'Child processes',
    undo: 'Undo what was done',
    undoneBy: 'undone by',
    send: 'Send',
    documents: {
      'document.draft': 'Draft',
      'document.revise': 'Revise the draft',
      'document.number': 'Take a number',
      'document.share': 'Share',
      'document.correct': 'Correct',
      'document.replace': 'Replace',
      'document.recall': 'Recall',
      'document.invalidate': 'Invalidate',
      'document.seal': 'Seal',
      'document.unseal': 'Unseal',
      'document.archive': 'Archive',
      'document.extend': 'Keep longer',
      'document.sign': 'Sign',
      'document.timestamp': 'Bind a mark of time',
      'document.verify': 'Verify signatures',
      'document.issue': 'Issue',
      'document.deliver': 'Deliver',
      'document.receive': 'Receive',
      'document.convert': 'Convert',
      'document.destroy': 'Destroy',
    },
  },
  secretBallot: 'secret ballot',
  overdue: 'Overdue',
  skipped: 'An operator skips it',
  repaired: 'An operator repairs it',
  assurances: { session: '', otp: 'one-time password', passkey: 'passkey', certificate: 'certificate' },
  workingDays: (count) => `${count} working ${count === 1 ? 'day' : 'days'}`,
  outcomes: { approved: 'Approved', returned: 'Returned', rejected: 'Rejected' },
  after: (duration) => `After ${duration}`,
  within: (duration) => `within ${duration}`,
  several: (atLeast, atMost) =>
    `${atLeast === atMost ? atMost : `${atLeast}–${atMost}`} proposals to choose from`,
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
    work: 'done by a system',
    reaches: 'a message, or an act on a document',
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
  passed: 'Refused: the numbered way passes a gate without its approval.',
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
