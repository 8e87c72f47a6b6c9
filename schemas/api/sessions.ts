/** Sessions of people who signed in. */
import Type from 'typebox';
import { closed, Next, Time } from './common.ts';

const signInFields = {
  authenticatedAt: Type.Union([Time, Type.Null()], {
    description:
      'When the person last showed the identity provider who they are; null where it does not say.',
  }),
  acr: Type.Union([Type.String(), Type.Null()], {
    description: 'What the provider calls the way they did (`acr`).',
  }),
  amr: Type.Array(Type.String(), { description: 'Its methods (`amr`), such as pwd, otp.' }),
  expiresAt: Time,
};

/** Of whoever asks; in `Me`. */
export const OwnSession = Type.Union([Type.Object({ id: Type.String(), ...signInFields }), Type.Null()], {
  description: 'How you signed in; null for whoever comes with a key.',
});

export const Session = Type.Object({
  id: Type.String(),
  principal: Type.String(),
  issuer: Type.String({ description: 'The identity provider.' }),
  ...signInFields,
  openedAt: Time,
  usedAt: Type.String({ format: 'date-time', description: 'Noted now and then.' }),
  current: Type.Boolean({ description: 'Whether it is the one that asks.' }),
});
export const SessionList = Type.Object({ items: Type.Array(Session), next: Next });

export const SessionsQuery = Type.Object(
  {
    principal: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        pattern: '^[!-~]+$',
        description: 'Whose; your own when left out. For others you need the role key-administrator.',
      }),
    ),
  },
  closed,
);

export const SignOutBody = Type.Object(
  {
    everywhere: Type.Optional(
      Type.Boolean({ default: false, description: 'true: every session of yours ends, on every device.' }),
    ),
  },
  closed,
);

export const EndSessionsBody = Type.Object(
  {
    principal: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[!-~]+$',
      description: 'person:…, whose sessions end, all of them.',
    }),
  },
  { ...closed, examples: [{ principal: 'person:nguyen-van-mau' }] },
);

export const SignedOut = Type.Object({
  ended: Type.Array(Type.String(), { description: 'Ids of the sessions that this ended.' }),
  provider: Type.Union([Type.String(), Type.Null()], {
    description:
      'Where a browser signs out of the identity provider, too; null when that has no such address, or is away.',
  }),
});

export const EndedSessions = Type.Object({
  ended: Type.Array(Type.String(), { description: 'Ids of the sessions that this ended.' }),
});
