/** How an agent takes a request for a proposal and hands one in. */
import Type from 'typebox';
import { EVIDENCE_LINK, PROMPT_HASH, proposalBounds } from '../proposal-bounds.ts';
import { AnyObject, Cursor, closed, InstanceId, Limit, Next, Time } from './common.ts';

export const leaseSeconds = { usual: 300, most: 3600 } as const;

const LeaseSeconds = Type.Integer({
  minimum: 1,
  maximum: leaseSeconds.most,
  default: leaseSeconds.usual,
  description: 'How long nobody else is given this request.',
});

export const ClaimBody = Type.Object(
  { leaseSeconds: Type.Optional(LeaseSeconds) },
  { ...closed, examples: [{ leaseSeconds: 300 }] },
);

const Claim = Type.String({ minLength: 1, maxLength: 500, description: 'As received with the request.' });

export const RenewBody = Type.Object(
  { claim: Claim, leaseSeconds: Type.Optional(LeaseSeconds) },
  { ...closed, examples: [{ claim: 'as received with the request', leaseSeconds: 300 }] },
);

export const ReleaseBody = Type.Object(
  { claim: Claim },
  { ...closed, examples: [{ claim: 'as received with the request' }] },
);

export const Renewed = Type.Object(
  { request: Type.String(), leaseUntil: Time },
  { description: 'Until when the request is yours now.' },
);

export const Released = Type.Object(
  { request: Type.String() },
  { description: 'Whoever asks next may have it.' },
);

const requestFields = {
  request: Type.String({ description: 'Names the request in addresses.' }),
  instance: InstanceId,
  process: Type.String(),
  state: Type.String(),
  opened: Type.Integer(),
  decision: Type.String({ description: 'The kind of decision a proposal is wanted for.' }),
  input: AnyObject('What the definition gives the agent to work from.'),
  instructions: Type.Union([Type.String(), Type.Null()]),
  output: AnyObject('JSON Schema that the payload must fit.'),
};

export const RequestsQuery = Type.Object(
  { cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) },
  closed,
);

export const RequestList = Type.Object({
  items: Type.Array(
    Type.Object({
      ...requestFields,
      requestedAt: Time,
      leaseUntil: Type.Union([Time, Type.Null()], { description: 'Null while nobody holds it.' }),
      leasedToYou: Type.Boolean(),
    }),
  ),
  next: Next,
});

export const ClaimedProposal = Type.Object(
  {
    ...requestFields,
    claim: Type.String({ description: 'Shows that the lease is yours: hand it back with the proposal.' }),
    leaseUntil: Time,
  },
  { description: 'A request for a proposal, leased to you.' },
);

const Name = Type.String({ minLength: 1, maxLength: proposalBounds.model });

export const ProposalBody = Type.Object(
  {
    state: Type.String({ minLength: 1, maxLength: 1000 }),
    opened: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
    claim: Type.Optional(
      Type.Union([Claim, Type.Null()], {
        description: 'As received with the request. Needed only where somebody holds it.',
      }),
    ),
    proposal: Type.Object(
      {
        payload: AnyObject('What is proposed; must fit the `output` schema of the request.'),
        model: Name,
        modelVersion: Name,
        promptHash: Type.String({
          pattern: PROMPT_HASH,
          description: 'SHA-256 of the whole prompt, in lower-case hexadecimal.',
        }),
        rationale: Type.String({
          minLength: 1,
          maxLength: proposalBounds.rationale,
          description: 'Why, for the reviewers.',
        }),
        confidence: Type.Optional(
          Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
            description: 'From 0 to 1, as the model states it.',
          }),
        ),
        inputs: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: proposalBounds.reference }), {
            maxItems: proposalBounds.references,
            description: 'References to what it was made from.',
          }),
        ),
        evidence: Type.Optional(
          Type.Array(Type.String({ maxLength: proposalBounds.reference, pattern: EVIDENCE_LINK }), {
            maxItems: proposalBounds.links,
            description: 'Links where reviewers can check it: https alone.',
          }),
        ),
        operator: Type.Optional(
          Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()], {
            description:
              'The person or unit that operates the agent. Left out, it is whom the directory names; nobody else may be named.',
          }),
        ),
      },
      { ...closed, description: 'Stored whole, immutable and inert.' },
    ),
  },
  {
    ...closed,
    examples: [
      {
        state: 'drafting',
        opened: 1,
        claim: 'as received with the request',
        proposal: {
          payload: { summary: 'Về việc tổ chức hội nghị' },
          model: 'summary-writer',
          modelVersion: '2026-01',
          promptHash: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
          rationale: 'The first paragraph names the purpose.',
          confidence: 0.9,
        },
      },
    ],
  },
);
