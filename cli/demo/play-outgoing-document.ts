/** The first case of the demonstration: the regulation's own text becomes an issued document. */
import type { Narrator } from './narrator.ts';
import type { Player } from './player.ts';

const people = {
  department: 'service:phong-tong-hop',
  drafter: 'person:do-thi-phong-theo',
  agent: 'agent:tro-ly-soan-thao',
  officeLeader: 'person:bui-gia-lap',
  leader: 'person:nguyen-van-mau',
  clerk: 'person:ngo-van-thi-du',
  archivist: 'person:chu-thi-ban-sao',
} as const;

/** Answers the id of the archived instance. `today` is a date such as 2026-01-31. */
export async function playOutgoingDocument(
  player: Player,
  narrator: Narrator,
  text: string,
  today: string,
): Promise<string> {
  const title = (text.split('\n')[0] ?? '').trim();
  narrator.chapter('1. Ban hành văn bản đi / An outgoing document');
  const document = { title, text, kind: 'Quy định', recipients: ['Các đơn vị trực thuộc (ví dụ)'] };
  const started = 'starts a case over HTTP, with the whole text of the regulation as the draft';
  const instance = await player.start(people.department, 'outgoing-document', { document }, started);
  narrator.say(`Instance ${instance}.`);
  const corrected = { ...document, recipients: [...document.recipients, 'Lưu Văn phòng'] };
  await player.send(
    people.drafter,
    instance,
    'edit',
    { document: corrected, reason: 'Bổ sung nơi nhận' },
    'edits the draft, and says why: "Bổ sung nơi nhận"',
  );
  await player.send(
    people.drafter,
    instance,
    'submit',
    {},
    'submits it; an AI agent is asked for the summary',
  );
  const proposal = await player.propose(people.agent, instance);
  const { summary, urgency } = proposal.payload as { summary: string; urgency: string };
  narrator.say(`[AI] Proposed summary (trích yếu): "${summary}"; urgency (độ khẩn): ${urgency}.`);
  narrator.say(
    'This agent is a few fixed rules that quote the text, not a language model. The way is the same.',
  );
  await tryShortcuts(player, narrator, instance, today);
  await player.decide(
    people.officeLeader,
    instance,
    'appraising',
    { verdict: 'approve', reason: 'Trích yếu đúng nội dung văn bản.' },
    'reads the proposal and appraises it (thẩm định)',
  );
  await player.decide(
    people.leader,
    instance,
    'approving',
    { verdict: 'approve', reason: 'Đồng ý ban hành.' },
    'approves exactly that proposal (phê duyệt); only now does it take effect',
  );
  await player.send(
    people.clerk,
    instance,
    'number',
    { number: 1, symbol: 'QyĐ-VD', date: today },
    'checks the approvals, numbers the document and issues it (cấp số, phát hành)',
  );
  await player.send(
    people.archivist,
    instance,
    'archive',
    { retentionClass: 'permanent' },
    'archives it (lưu trữ)',
  );
  return instance;
}

async function tryShortcuts(
  player: Player,
  narrator: Narrator,
  instance: string,
  today: string,
): Promise<void> {
  narrator.say('Now three shortcuts, each refused:');
  await player.attemptDecision(
    people.agent,
    instance,
    'appraising',
    'approve',
    'tries to approve its own proposal',
  );
  await player.attempt(
    people.clerk,
    'tries to number the document past the gate',
    `/v1/instances/${instance}/events`,
    {
      body: { type: 'number', data: { number: 1, symbol: 'QyĐ-VD', date: today } },
    },
  );
  await player.attempt(
    people.officeLeader,
    'tries to decide without saying what was seen (no If-Match)',
    `/v1/instances/${instance}/gates/appraising/decisions`,
    { body: { verdict: 'approve', reason: 'Chưa đọc' } },
  );
}
