/** How an agent takes a request for a proposal and hands one in. */
import Type from 'typebox';
import { AnyObject, closed, InstanceId, Time } from './common.ts';

export const leaseSeconds = { usual: 300, most: 3600 } as const;

export const ClaimBody = Type.Object(
  {
    leaseSeconds: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: leaseSeconds.most,
        default: leaseSeconds.usual,
        description: 'How long nobody else is given this request.',
      }),
    ),
  },
  { ...closed, examples: [{ leaseSeconds: 300 }] },
);

export const ClaimedProposal = Type.Object(
  {
    instance: InstanceId,
    process: Type.String(),
    state: Type.String(),
    opened: Type.Integer(),
    decision: Type.String({ description: 'The kind of decision a proposal is wanted for.' }),
    claim: Type.String({ description: 'Hand it back with the proposal, while the lease holds.' }),
    leaseUntil: Time,
    input: AnyObject('What the definition gives the agent to work from.'),
    instructions: Type.Union([Type.String(), Type.Null()]),
    output: AnyObject('JSON Schema that the payload must fit.'),
  },
  { description: 'A request for a proposal, leased to you.' },
);

const Reference = Type.String({ minLength: 1, maxLength: 2000 });

export const ProposalBody = Type.Object(
  {
    state: Type.String({ minLength: 1, maxLength: 1000 }),
    opened: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
    claim: Type.String({ minLength: 1, maxLength: 500 }),
    proposal: Type.Object(
      {
        payload: AnyObject('What is proposed; must fit the `output` schema of the request.'),
        model: Type.String({ minLength: 1, maxLength: 200 }),
        modelVersion: Type.String({ minLength: 1, maxLength: 200 }),
        promptHash: Type.String({ minLength: 1, maxLength: 200, description: 'Digest of the whole prompt.' }),
        rationale: Type.String({ minLength: 1, maxLength: 20_000, description: 'Why, for the reviewers.' }),
        confidence: Type.Optional(
          Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
            description: 'From 0 to 1, as the model states it.',
          }),
        ),
        inputs: Type.Optional(
          Type.Array(Reference, { maxItems: 200, description: 'What it was made from.' }),
        ),
        evidence: Type.Optional(
          Type.Array(Reference, { maxItems: 200, description: 'Where reviewers can check it.' }),
        ),
        operator: Type.Optional(
          Type.Union([Type.String({ minLength: 1, maxLength: 200 }), Type.Null()], {
            description: 'The person or unit that operates the agent.',
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
          promptHash: 'a3f5…',
          rationale: 'The first paragraph names the purpose.',
          confidence: 0.9,
        },
      },
    ],
  },
);
