/** The second case of the demonstration: a proposal about a person, and a collective vote. */
import type { Narrator } from './narrator.ts';
import type { Player } from './player.ts';

const people = {
  officer: 'person:ly-thi-hinh-mau',
  agent: 'agent:tro-ly-soan-thao',
  headOfPersonnel: 'person:pham-gia-dinh',
  appraiser: 'person:cao-van-thu',
  candidate: 'person:vu-tuong-trung',
  leader: 'person:nguyen-van-mau',
  clerk: 'person:ngo-van-thi-du',
  archivist: 'person:chu-thi-ban-sao',
} as const;

const votes = [
  ['person:nguyen-van-mau', 'approve', 'Tán thành.'],
  ['person:hoang-thi-thu-nghiem', 'reject', 'Đề nghị bổ sung ý kiến của đơn vị cũ.'],
  ['person:tran-thi-vi-du', 'approve', 'Tán thành.'],
  ['person:le-minh-hoa', 'approve', 'Tán thành.'],
  ['person:pham-gia-dinh', 'approve', 'Tán thành.'],
] as const;

const dossier =
  'Đồng chí Vũ Tượng Trưng là nhân vật giả định, dùng để trình diễn. Đã công tác mười năm tại các đơn vị ví dụ. ' +
  'Được tập thể đơn vị giới thiệu với số phiếu cao. Thời hạn bổ nhiệm đề nghị là 5 năm.';

/** Answers the id of the archived instance. */
export async function playPersonnelAppointment(
  player: Player,
  narrator: Narrator,
  today: string,
): Promise<string> {
  narrator.chapter('2. Bổ nhiệm cán bộ / A personnel appointment');
  const post = 'Trưởng phòng Tổng hợp (ví dụ)';
  const data = { candidate: people.candidate, post, dossier: { summary: dossier } };
  const started = `opens a case: ${post}`;
  const instance = await player.start(people.officer, 'personnel-appointment', data, started);
  narrator.say(`Instance ${instance}. The candidate is a member of the committee that will vote.`);
  const proposal = await player.propose(people.agent, instance);
  narrator.say(`[AI] Proposed: "${(proposal.payload as { statement: string }).statement}"`);
  await player.giveView(
    people.headOfPersonnel,
    instance,
    'considering',
    'Theo hồ sơ, đồng chí đủ tiêu chuẩn; cần làm rõ thêm quá trình công tác ở cơ sở.',
    'says what she thinks of the dossier, before the proposal is shown to her (ý kiến độc lập)',
  );
  await player.decide(
    people.headOfPersonnel,
    instance,
    'considering',
    { verdict: 'approve', reason: 'Đủ tiêu chuẩn, điều kiện theo hồ sơ.' },
    'considers it (xem xét)',
  );
  await player.decide(
    people.appraiser,
    instance,
    'appraising',
    { verdict: 'approve', reason: 'Hồ sơ đầy đủ, đúng quy trình.' },
    'appraises it (thẩm định)',
  );
  const own = 'tries to vote on the proposal about himself';
  await player.attemptDecision(people.candidate, instance, 'voting', 'approve', own);
  for (const [member, verdict, reason] of votes) {
    const what =
      verdict === 'approve' ? 'votes for it' : `votes against it; the dissent is kept: "${reason}"`;
    await player.decide(member, instance, 'voting', { verdict, reason }, what);
  }
  narrator.say('Four of seven members: more than half of all, present or not.');
  await player.decide(
    people.leader,
    instance,
    'signing',
    { verdict: 'approve', reason: 'Ký quyết định theo kết quả biểu quyết.' },
    'signs the decision (ký)',
  );
  await player.send(
    people.clerk,
    instance,
    'number',
    { number: 2, symbol: 'QĐ-VD', date: today },
    'numbers and issues it (cấp số, phát hành)',
  );
  await player.send(
    people.archivist,
    instance,
    'archive',
    { retentionClass: 'permanent' },
    'archives the case (lưu trữ)',
  );
  return instance;
}
