/** A person's own factors, and those that an administrator removes for somebody who lost theirs. */
import {
  BegunOtp,
  CertificateBody,
  ChallengeBody,
  ChangeBody,
  ConfirmBody,
  Factor,
  FactorChallenge,
  FactorList,
  FactorsQuery,
  PasskeyBody,
} from '../../schemas/api/factors.ts';
import { type Route, reply, route } from '../route.ts';

const tag = 'Factors';
const changeRefusals = [
  'not-allowed',
  'people-only',
  'assurance-required',
  'factor-refused',
  'too-many-attempts',
] as const;

export const factorRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/me/factors',
    operation: 'listMyFactors',
    tag,
    summary: 'List my factors',
    description: 'What you can show at a decision besides having signed in; removed ones too.',
    scope: 'decide',
    success: { status: 200, schema: FactorList, description: 'Your factors.' },
    refuses: ['not-allowed', 'people-only'],
    async handle({ engine, caller }) {
      const answer = await engine.listFactors(caller, null);
      return answer.kind === 'refusal' ? answer : reply({ items: answer.value, next: null });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/factors/otp',
    operation: 'beginOtp',
    tag,
    summary: 'Enrol one-time codes',
    description: 'Draws a secret for an authenticator app (TOTP with SHA-256). The first code completes it.',
    scope: 'decide',
    body: { kind: 'json', schema: ChangeBody },
    success: { status: 201, schema: BegunOtp, description: 'Begun.' },
    refuses: [...changeRefusals, 'not-possible-here'],
    async handle({ engine, caller, body }) {
      const answer = await engine.beginOtp(caller, body.factor ?? null);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/factors/otp/{factor}/confirmation',
    operation: 'confirmOtp',
    tag,
    summary: 'Confirm one-time codes',
    description: 'Within a quarter of an hour of the beginning. The enrolment is on the chain of acts.',
    scope: 'decide',
    body: { kind: 'json', schema: ConfirmBody },
    success: { status: 200, schema: Factor, description: 'Enrolled.' },
    refuses: [
      'not-allowed',
      'people-only',
      'factor-refused',
      'too-many-attempts',
      'not-found',
      'not-possible-here',
    ],
    async handle({ engine, caller, parameters, body }) {
      const answer = await engine.confirmOtp(caller, parameters.factor, body.code);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/factors/challenge',
    operation: 'challengeChange',
    tag,
    summary: 'Ask for a challenge',
    description:
      'What a new passkey or certificate signs to be enrolled, and what one that you have signs to allow a change.',
    scope: 'decide',
    body: { kind: 'json', schema: ChallengeBody },
    success: { status: 200, schema: FactorChallenge, description: 'What to sign.' },
    refuses: ['not-allowed', 'people-only'],
    async handle({ engine, caller, body }) {
      const answer = await engine.challengeChange(caller, body.factor ?? null);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/factors/passkeys',
    operation: 'enrolPasskey',
    tag,
    summary: 'Enrol a passkey',
    description:
      'WebAuthn, with user verification. The enrolment is on the chain of acts with its public key.',
    scope: 'decide',
    body: { kind: 'json', schema: PasskeyBody },
    success: { status: 201, schema: Factor, description: 'Enrolled.' },
    refuses: [...changeRefusals, 'not-possible-here'],
    async handle({ engine, caller, body }) {
      const { factor = null, ...passkey } = body;
      const answer = await engine.enrolPasskey(caller, passkey, factor);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/factors/certificates',
    operation: 'enrolCertificate',
    tag,
    summary: 'Enrol a certificate',
    description:
      'Its chain must lead to a root that the server trusts. The enrolment is on the chain of acts.',
    scope: 'decide',
    body: { kind: 'json', schema: CertificateBody },
    success: { status: 201, schema: Factor, description: 'Enrolled.' },
    refuses: [...changeRefusals, 'not-possible-here'],
    async handle({ engine, caller, body }) {
      const { factor = null, ...certificate } = body;
      const answer = await engine.enrolCertificate(caller, certificate, factor);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/me/factors/{factor}/removal',
    operation: 'removeMyFactor',
    tag,
    summary: 'Remove a factor of mine',
    description: 'Takes a factor. If you have lost the only one, a key administrator removes it.',
    scope: 'decide',
    body: { kind: 'json', schema: ChangeBody },
    success: { status: 200, schema: Factor, description: 'Removed.' },
    refuses: [...changeRefusals, 'not-found'],
    async handle({ engine, caller, parameters, body }) {
      const answer = await engine.removeFactor(caller, parameters.factor, body.factor ?? null);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/factors',
    operation: 'listFactors',
    tag,
    summary: "List somebody's factors",
    description: 'For key administrators. No secret is in it.',
    scope: 'keys',
    query: FactorsQuery,
    success: { status: 200, schema: FactorList, description: 'Their factors.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, query }) {
      const answer = await engine.listFactors(caller, query.principal);
      return answer.kind === 'refusal' ? answer : reply({ items: answer.value, next: null });
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/factors/{factor}',
    operation: 'resetFactor',
    tag,
    summary: "Remove somebody's factor",
    description: 'For key administrators, when somebody lost theirs. It is on the chain of acts.',
    scope: 'keys',
    success: { status: 200, schema: Factor, description: 'Removed.' },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.resetFactor(caller, parameters.factor);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
];
