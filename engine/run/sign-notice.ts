/** What an agent that is called is sent, signed by Standard Webhooks: that a request waits, and nothing of what it asks. */
import { Webhook } from 'standardwebhooks';
import { sha256Hex } from '../evidence/sha256.ts';
import type { CallbackNotice } from '../ledger/callbacks.ts';
import { nameOf } from './answer-requests.ts';
import type { Message } from './post-outside.ts';

/** Signed with each of the secrets: whoever changes over knows one of them. */
export function signNotice(notice: CallbackNotice, secrets: readonly string[], nowMs: number): Message {
  const { agent, process, instance, decision, requestedAt } = notice;
  const at = new Date(nowMs);
  const request = nameOf(notice);
  const data = { request, instance, process, decision, requestedAt };
  const body = JSON.stringify({ type: 'proposal.requested', timestamp: at.toISOString(), data });
  // The same at each try, so that whoever gets it twice can tell.
  const id = `msg_${sha256Hex(`${request} ${agent}`).slice(0, 32)}`;
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    'user-agent': 'countersign',
  };
  return { headers, body };
}
