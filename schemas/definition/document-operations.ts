/**
 * Everything that a process may do with a document: a closed list. What an action does belongs to the step
 * itself and is kept in the same commit; a task reaches the world outside, may fail, and is tried again.
 * Each is an effect: while a proposal is undecided none may happen.
 */

/** What an operation takes and gives, by name. `?` behind a type: it may be left out, or be unset. */
export type OperationFields = { readonly [name: string]: OperationType | `${OperationType}?` };
export type OperationType = 'string' | 'int' | 'bool' | 'list<string>';

export interface DocumentOperation {
  /** For hover texts and the reference; with the article it carries out. */
  readonly description: string;
  readonly input: OperationFields;
  readonly output: OperationFields;
}

/** Done in the commit of the step. */
export const documentActions = {
  'document.draft': operation('A document is begun, as a draft (Article 17.1).', {
    title: 'string',
    content: 'string?',
  }),
  'document.revise': operation(
    'A new version of the draft; who, when, what and why are kept (Article 17.3).',
    {
      reason: 'string',
      title: 'string?',
      content: 'string?',
    },
  ),
  'document.number': operation(
    'The next number of the register, unique in its year and without gaps. Left out, `register` is that of the document.',
    { register: 'string?' },
    { number: 'string' },
  ),
  'document.share': operation('The document is shared, under control (Article 4.4).', {
    with: 'list<string>',
    purpose: 'string',
    authority: 'string',
  }),
  'document.correct': operation(
    'A linked document corrects this one, which stays as it was sent (Article 17.2).',
    { reason: 'string', content: 'string?' },
  ),
  'document.replace': operation('A linked document takes the place of this one (Article 17.2).', {
    reason: 'string',
    content: 'string?',
  }),
  'document.recall': operation('The document is called back (Article 17.2).', { reason: 'string' }),
  'document.invalidate': operation(
    'The document loses its legal value and is kept whole; its paper copies lapse with it (Article 19).',
    { reason: 'string', basis: 'string' },
  ),
  'document.seal': operation(
    'Nobody reads, uses or changes the document until it is unsealed (Article 21).',
    {
      decision: 'string',
      authority: 'string',
    },
  ),
  'document.unseal': operation('The authority that sealed the document unseals it (Article 21.4).', {
    decision: 'string',
    authority: 'string',
  }),
  'document.archive': operation(
    'The document is handed to the archive, with its class (Articles 23 to 25).',
    {
      class: 'string',
    },
  ),
  'document.extend': operation('The document is kept longer than its retention says (Article 20.1).', {
    decision: 'string',
    until: 'string',
  }),
} as const satisfies Readonly<Record<string, DocumentOperation>>;

/** Done outside, after the commit that asked for it; tried again as `retry` says. */
export const documentTasks = {
  'document.sign': operation(
    'One slot of the document is signed, for this purpose alone (Articles 5.7 and 8).',
    { slot: 'string', purpose: 'string' },
    { signedAt: 'string', signer: 'string' },
  ),
  'document.timestamp': operation(
    "A mark of time is bound to the document's hash (Articles 3.6 and 12.2b).",
    {},
    { stampedAt: 'string' },
  ),
  'document.verify': operation(
    'The signatures of the document are checked (Article 13.4).',
    {},
    { valid: 'bool', problem: 'string?' },
  ),
  'document.issue': operation(
    'The document is issued, once every slot is signed (Article 13.2).',
    { subject: 'string?' },
    { number: 'string?', issuedAt: 'string' },
  ),
  'document.deliver': operation(
    'The document is sent, and its hash compared where it arrives (Articles 12.1 and 26).',
    { to: 'list<string>', channel: 'string?' },
    { deliveredAt: 'string' },
  ),
  'document.receive': operation(
    'A document from outside is taken in, checked and kept (Articles 12.1 and 13.4).',
    { from: 'string?' },
    { receivedAt: 'string', valid: 'bool' },
  ),
  'document.convert': operation(
    'Paper becomes electronic, or electronic paper: `to` is one of the two (Articles 15 and 16).',
    { to: 'string', reason: 'string?' },
    { convertedAt: 'string' },
  ),
  'document.destroy': operation(
    'After its retention and by decision the document is removed; the register keeps who, when and why (Article 20).',
    { decision: 'string', basis: 'string' },
    { destroyedAt: 'string' },
  ),
} as const satisfies Readonly<Record<string, DocumentOperation>>;

export type DocumentActionName = keyof typeof documentActions;
export type DocumentTaskName = keyof typeof documentTasks;

function operation(
  description: string,
  input: OperationFields,
  output: OperationFields = {},
): DocumentOperation {
  return { description, input, output };
}
