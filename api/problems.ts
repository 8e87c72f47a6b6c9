/**
 * How each refusal looks over HTTP (RFC 9457). The only place that knows statuses; the closed list
 * of codes is in `schemas/problem-codes.ts`, and the compiler holds this table to it.
 */
import type { Refusal } from '../engine/index.ts';
import type { Finding } from '../schemas/finding.ts';
import type { ProblemCode } from '../schemas/problem-codes.ts';

interface ProblemKind {
  readonly status: number;
  readonly title: { readonly en: string; readonly vi: string };
  /** What the code means wherever it is met, in a sentence. */
  readonly meaning: string;
}

/** A refusal; one of a definition carries findings. */
export type AnyRefusal = Refusal & { readonly findings?: readonly Finding[] };

export function refuse(
  code: ProblemCode,
  message: string,
  next: string,
  issues?: Refusal['issues'],
): Refusal {
  return {
    kind: 'refusal',
    code,
    message,
    next,
    considered: [],
    ...(issues === undefined ? {} : { issues }),
  };
}

/** The body of a problem, as JSON text. */
export function problemText(refusal: AnyRefusal, request: string): string {
  const kind = problems[refusal.code];
  return JSON.stringify({
    type: `/problems/${refusal.code}`,
    title: kind.title.en,
    status: kind.status,
    detail: refusal.message,
    code: refusal.code,
    next: refusal.next,
    request,
    considered: refusal.considered.length > 0 ? refusal.considered : undefined,
    issues: refusal.issues,
    findings: refusal.findings,
    factors: refusal.factors,
  });
}

export function statusOf(code: ProblemCode): number {
  return problems[code].status;
}

export const problems: { readonly [code in ProblemCode]: ProblemKind } = {
  'not-allowed': {
    status: 403,
    title: { en: 'Not allowed', vi: 'Không được phép' },
    meaning:
      'No rule lets this principal, or this key, do it. What no rule allows is refused, to administrators too.',
  },
  'people-only': {
    status: 403,
    title: { en: 'People only', vi: 'Chỉ con người' },
    meaning: 'Only people decide at a gate, and set and lift controls; a service or an agent never does.',
  },
  'own-proposal': {
    status: 403,
    title: { en: 'Own proposal', vi: 'Tự đề xuất, tự duyệt' },
    meaning: 'Who proposed it, drafted it or is its subject does not decide on it.',
  },
  'already-claimed': {
    status: 409,
    title: { en: 'Already claimed', vi: 'Đã có tác nhân khác nhận' },
    meaning: 'Another claim holds this request for a proposal, or this gate, until it ends.',
  },
  'already-decided': {
    status: 409,
    title: { en: 'Already decided', vi: 'Đã biểu quyết' },
    meaning: 'One natural person counts once, whatever accounts or roles they hold.',
  },
  'already-proposed': {
    status: 409,
    title: { en: 'Already proposed', vi: 'Đã đề xuất' },
    meaning: 'Where several agents are asked, each agent and each operator hands in one proposal.',
  },
  'not-possible-here': {
    status: 409,
    title: { en: 'Not possible here', vi: 'Không thực hiện được ở bước này' },
    meaning:
      'No active state of the instance takes this event; or what is asked for cannot be done as things stand.',
  },
  'reserved-event': {
    status: 422,
    title: { en: 'Reserved event', vi: 'Sự kiện dành riêng' },
    meaning: 'Timers, outcomes and results come from Countersign itself, never from outside.',
  },
  'guard-failed': {
    status: 409,
    title: { en: 'Condition not met', vi: 'Chưa đủ điều kiện' },
    meaning: 'The event is known here, but the condition on every candidate transition failed.',
  },
  'bad-input': {
    status: 422,
    title: { en: 'Data does not fit', vi: 'Dữ liệu không hợp lệ' },
    meaning: 'The data does not fit the schema that the definition declares for it.',
  },
  stale: {
    status: 412,
    title: { en: 'Changed since you saw it', vi: 'Đã thay đổi' },
    meaning: 'What was seen has changed, or the gate or request is another one by now.',
  },
  finished: {
    status: 409,
    title: { en: 'Finished', vi: 'Đã kết thúc' },
    meaning: 'The instance has ended and moves no more.',
  },
  'reason-required': {
    status: 422,
    title: { en: 'Reason required', vi: 'Phải nêu lý do' },
    meaning: 'A reason is mandatory on everything but a plain approval, and on that too for personnel.',
  },
  'assurance-required': {
    status: 401,
    title: { en: 'Shown too little', vi: 'Cần xác thực bổ sung' },
    meaning:
      'The gate demands a one-time code, a passkey or a certificate with the decision itself (RFC 9470); being signed in is not enough.',
  },
  'view-required': {
    status: 409,
    title: { en: 'Your own view first', vi: 'Phải nêu ý kiến độc lập trước' },
    meaning:
      'At this gate a reviewer gives a view of their own before the proposal is shown, and decides then.',
  },
  'not-countersigned': {
    status: 409,
    title: { en: 'Not countersigned', vi: 'Chưa được phê duyệt' },
    meaning: 'It would give effect to a proposal that authorised people have not approved.',
  },
  'nobody-responsible': {
    status: 409,
    title: { en: 'Nobody responsible', vi: 'Chưa có người chịu trách nhiệm' },
    meaning: 'No automated process runs without a person who answers for it (Article 27.2b).',
  },
  'expression-failed': {
    status: 422,
    title: { en: 'Expression failed', vi: 'Biểu thức lỗi' },
    meaning: 'An expression of the definition could not be evaluated on this data.',
  },
  paused: {
    status: 423,
    title: { en: 'Paused', vi: 'Đang tạm dừng' },
    meaning:
      'A person has paused the AI here: no request is handed out and no proposal is taken. People go on.',
  },
  stopped: {
    status: 423,
    title: { en: 'Stopped', vi: 'Đang dừng' },
    meaning: 'A person has stopped this: nothing moves until two people have lifted it.',
  },
  unauthenticated: {
    status: 401,
    title: { en: 'Not authenticated', vi: 'Chưa xác thực' },
    meaning: 'The request carries no bearer key and no session, or one that stands for nobody (any more).',
  },
  'factor-refused': {
    status: 403,
    title: { en: 'Factor refused', vi: 'Yếu tố xác thực không đúng' },
    meaning:
      'The code or the signature is wrong, was used before, or belongs to no factor that you enrolled.',
  },
  'too-many-attempts': {
    status: 429,
    title: { en: 'Too many attempts', vi: 'Thử quá nhiều lần' },
    meaning: 'Too many wrong codes came in a short time. Right ones are refused, too, until it is over.',
  },
  'sign-in-stale': {
    status: 401,
    title: { en: 'Sign in again', vi: 'Cần đăng nhập lại' },
    meaning: 'This needs a sign-in that is more recent than the one of this session (RFC 9470).',
  },
  'sign-in-refused': {
    status: 403,
    title: { en: 'Sign-in refused', vi: 'Đăng nhập bị từ chối' },
    meaning: 'The sign-in did not end as it began, or the directory links its account to no active person.',
  },
  'cross-site': {
    status: 403,
    title: { en: 'From another site', vi: 'Yêu cầu từ trang khác' },
    meaning: 'A browser sent it for a page that is not of this server; a session alone never writes.',
  },
  'not-found': {
    status: 404,
    title: { en: 'Not found', vi: 'Không tìm thấy' },
    meaning: 'There is nothing here that you may see.',
  },
  'bad-request': {
    status: 400,
    title: { en: 'Bad request', vi: 'Yêu cầu sai' },
    meaning: 'A body, header, parameter or cursor is malformed, or holds a field nobody knows.',
  },
  'too-large': {
    status: 413,
    title: { en: 'Too large', vi: 'Quá lớn' },
    meaning: 'The body is larger than is read here.',
  },
  'unsupported-media-type': {
    status: 415,
    title: { en: 'Unsupported media type', vi: 'Kiểu nội dung không hỗ trợ' },
    meaning: 'The Content-Type is not one that is read here.',
  },
  'method-not-allowed': {
    status: 405,
    title: { en: 'Method not allowed', vi: 'Phương thức không được phép' },
    meaning: 'The address exists, but does not take this method; the Allow header lists those it takes.',
  },
  gone: {
    status: 410,
    title: { en: 'Gone', vi: 'Không còn nữa' },
    meaning: 'The link leads to an opening of a gate that is over, or at which you have decided.',
  },
  'precondition-required': {
    status: 428,
    title: { en: 'Precondition required', vi: 'Thiếu điều kiện tiên quyết' },
    meaning:
      'A decision must say in If-Match which opening and subject of the gate it decides; a change of the directory, which version it changes.',
  },
  'idempotency-conflict': {
    status: 422,
    title: { en: 'Idempotency key used', vi: 'Khóa chống lặp đã dùng' },
    meaning: 'The same Idempotency-Key was used with another request.',
  },
  'definition-refused': {
    status: 422,
    title: { en: 'Definition refused', vi: 'Định nghĩa bị từ chối' },
    meaning: 'The definition has errors, or its proof of oversight fails. The findings say where.',
  },
  'directory-refused': {
    status: 422,
    title: { en: 'Directory refused', vi: 'Danh bạ bị từ chối' },
    meaning:
      'The directory has errors, or leaves processes without the people they need and that was not accepted. The findings say where.',
  },
  'definition-unknown': {
    status: 404,
    title: { en: 'Definition unknown', vi: 'Không có định nghĩa này' },
    meaning: 'No such definition is deployed.',
  },
  conflict: {
    status: 409,
    title: { en: 'Conflict', vi: 'Xung đột' },
    meaning: 'Others moved the same instance first, again and again. Nothing happened; try again.',
  },
  unavailable: {
    status: 503,
    title: { en: 'Unavailable', vi: 'Tạm thời không sẵn sàng' },
    meaning: 'The database is away. Nothing that was acknowledged is lost; send the same request again.',
  },
  internal: {
    status: 500,
    title: { en: 'Internal error', vi: 'Lỗi hệ thống' },
    meaning: 'A fault of Countersign itself. The log has it under the request id.',
  },
};
