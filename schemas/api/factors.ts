/** What people show at a decision besides having signed in: one-time codes, passkeys, certificates. */
import Type from 'typebox';
import { AnyObject, closed, Next, Time } from './common.ts';

const Base64Url = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$', description });

const Code = Type.String({ pattern: '^[0-9]{6}$', description: 'The six digits that the app shows now.' });
const signed = {
  nonce: Type.String({ pattern: '^[A-Za-z0-9_-]{16,64}$', description: 'As the challenge has it.' }),
  expires: Type.String({
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
    description: 'As the challenge has it.',
  }),
};

export const GivenFactor = Type.Union(
  [
    Type.Object({ kind: Type.Literal('otp'), code: Code }, closed),
    Type.Object(
      {
        kind: Type.Literal('passkey'),
        credential: Base64Url(1400, 'Id of the credential that signed.'),
        ...signed,
        clientDataJSON: Base64Url(8000, 'As the authenticator gave it.'),
        authenticatorData: Base64Url(4000, 'As the authenticator gave it.'),
        signature: Base64Url(4000, 'As the authenticator gave it.'),
      },
      closed,
    ),
    Type.Object(
      {
        kind: Type.Literal('certificate'),
        ...signed,
        chain: Type.Array(
          Type.String({
            minLength: 1,
            maxLength: 12_000,
            pattern: '^[A-Za-z0-9+/]+=*$',
            description: 'DER, base64.',
          }),
          {
            minItems: 1,
            maxItems: 6,
            description: "The signer's certificate first, up to one below a root.",
          },
        ),
        signature: Type.String({
          minLength: 1,
          maxLength: 4000,
          pattern: '^[A-Za-z0-9+/]+=*$',
          description: 'Over the UTF-8 bytes of the statement, with SHA-256; base64.',
        }),
      },
      closed,
    ),
  ],
  { description: 'What you show for this very request. The gate says what it demands.' },
);

export const ChangeBody = Type.Object(
  { factor: Type.Optional(GivenFactor) },
  { ...closed, description: 'With a factor that you have already, if you have any.', examples: [{}] },
);
export const ConfirmBody = Type.Object({ code: Code }, { ...closed, examples: [{ code: '123456' }] });
export const FactorsQuery = Type.Object(
  {
    principal: Type.String({ minLength: 1, maxLength: 200, pattern: '^[!-~]+$', description: 'person:…' }),
  },
  closed,
);

export const Factor = Type.Object({
  id: Type.String(),
  kind: Type.Union([Type.Literal('otp'), Type.Literal('passkey'), Type.Literal('certificate')]),
  principal: Type.String(),
  enrolledAt: Time,
  removedAt: Type.Union([Time, Type.Null()]),
  detail: AnyObject('What anybody may know of it.'),
});
export const FactorList = Type.Object({ items: Type.Array(Factor), next: Next });
export const BegunOtp = Type.Object(
  {
    id: Type.String(),
    uri: Type.String({ description: 'otpauth:// for an authenticator app. Shown this once.' }),
    secret: Type.String({ description: 'The same in base32, to be typed in.' }),
  },
  { description: 'Not enrolled yet: the first code completes it.' },
);
