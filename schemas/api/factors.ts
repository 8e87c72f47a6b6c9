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

const certified = {
  ...signed,
  chain: Type.Array(
    Type.String({
      minLength: 1,
      maxLength: 12_000,
      pattern: '^[A-Za-z0-9+/]+=*$',
      description: 'DER, base64.',
    }),
    { minItems: 1, maxItems: 6, description: "The signer's certificate first, up to one below a root." },
  ),
  signature: Type.String({
    minLength: 1,
    maxLength: 4000,
    pattern: '^[A-Za-z0-9+/]+=*$',
    description: 'Over the UTF-8 bytes of the statement, with SHA-256; base64.',
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
        ...certified,
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
export const ChallengeBody = Type.Object(
  {
    factor: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{1,100}$',
        description: 'The factor to be removed; left out for an enrolment.',
      }),
    ),
  },
  { ...closed, examples: [{}] },
);
export const PasskeyBody = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$', description: 'As the challenge has it.' }),
    ...signed,
    credential: Base64Url(1400, 'Id of the new credential.'),
    clientDataJSON: Base64Url(8000, 'As the authenticator gave it.'),
    attestationObject: Base64Url(60_000, 'As the authenticator gave it.'),
    factor: Type.Optional(GivenFactor),
  },
  closed,
);
export const CertificateBody = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,100}$', description: 'As the challenge has it.' }),
    ...certified,
    factor: Type.Optional(GivenFactor),
  },
  closed,
);
const challenge = {
  statement: Type.String({ description: 'What is signed. A certificate signs its UTF-8 bytes.' }),
  nonce: Type.String(),
  expires: Time,
  challenge: Type.String({ description: "SHA-256 of the statement, base64url: a passkey's challenge." }),
  credentials: Type.Array(Type.String(), { description: 'Your passkeys, for `allowCredentials`.' }),
  relyingParty: Type.String({ description: '`rp.id` for a browser. The user must be verified.' }),
};
export const Challenge = Type.Object(challenge, { description: 'To be signed within five minutes.' });
export const FactorChallenge = Type.Object(
  { ...challenge, factor: Type.String({ description: 'The id of the factor that this is about.' }) },
  { description: 'To be signed within five minutes.' },
);
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
