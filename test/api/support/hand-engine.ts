/** An engine that does nothing but remember what it was asked and answer what the test says. */

import type {
  Answer,
  Caller,
  Challenge,
  ControlView,
  Engine,
  Factor,
  GateView,
  InstanceMigration,
  InstanceView,
  Moved,
  StoredDefinition,
  StoredKey,
  Why,
} from '../../../engine/index.ts';
import { scopes } from '../../../engine/index.ts';

export const hash = 'a'.repeat(64);
export const subject = 'b'.repeat(64);
export const instance = '0198c5f0-1111-7222-8333-444455556666';
export const time = '2026-01-05T08:00:00.000Z';
const title = { vi: 'Văn bản đi', en: 'Outgoing document' };

export const moved: Moved = {
  instance,
  process: 'outgoing-document',
  definition: hash,
  seq: 4,
  status: 'active',
  states: ['approving'],
  output: null,
  entry: subject,
  outcome: null,
};

export const gate: GateView = {
  instance,
  process: 'outgoing-document',
  definition: hash,
  state: 'approving',
  title,
  meaning: 'approve',
  assurance: 'session',
  opened: 3,
  openedAt: time,
  dueAt: null,
  overdue: null,
  told: [],
  changed: null,
  claim: null,
  opinions: [],
  subject,
  proposal: {
    origin: 'ai',
    model: 'm',
    modelVersion: null,
    digest: subject,
    payload: { summary: 'Về việc …' },
    proposer: 'agent:drafter',
    operator: null,
    provenance: { model: 'm' },
    seq: 2,
    status: 'live',
    acts: ['consider'],
  },
  alternatives: null,
  withheld: null,
  views: null,
  context: { post: 'x' },
  fromAi: [],
  ballot: 'open',
  count: null,
  decisions: [{ person: 'person:a', onBehalfOf: null, verdict: 'approve', choice: null, reason: null, time }],
  quorum: {
    needed: 2,
    approved: 1,
    rejected: 0,
    returned: 0,
    abstained: 0,
    recused: 0,
    present: 1,
    presentNeeded: 0,
    members: 3,
    reachable: true,
  },
  mayActFor: [],
  allowed: true,
  why: 'You are a reviewer.',
};

export const view: InstanceView = {
  instance,
  process: 'outgoing-document',
  definition: hash,
  title,
  seq: 4,
  status: 'active',
  states: [{ state: 'approving', title: null }],
  context: { post: 'x' },
  output: null,
  initiator: 'person:a',
  responsible: ['person:head'],
  proposals: {},
  alternatives: {},
  fromAi: [],
  withheld: [],
  timers: [{ timer: 'timeout:approving', dueAt: time }],
  events: [{ event: 'withdraw', title: null, allowed: false, why: 'Only the initiator may.' }],
  gates: [{ state: 'approving', meaning: 'approve', allowed: true, why: 'You are a reviewer.' }],
  startedAt: time,
  updatedAt: time,
};

export const whyView: Why = {
  instance,
  process: 'outgoing-document',
  definition: hash,
  seq: 4,
  status: 'active',
  principal: {
    id: 'person:a',
    kind: 'person',
    name: 'Trần Thị Lan',
    person: 'person:a',
    unit: 'unit:office',
    roles: ['clerk'],
    positions: [],
    active: true,
  },
  answers: [
    {
      kind: 'event',
      name: 'withdraw',
      title: null,
      allowed: false,
      code: 'not-allowed',
      rule: 'role clerk',
      why: 'The event withdraw is open only to role clerk.',
      next: 'Ask role clerk to do it.',
      missing: ['To be role clerk (line 3).'],
      considered: [],
      who: [{ principal: 'person:b', name: 'B' }],
      moreMayFollow: false,
    },
  ],
};

export const definition: StoredDefinition = {
  hash,
  process: 'outgoing-document',
  version: '1.0.0',
  source: 'id: outgoing-document\n',
  certificate: '{"proven":true}',
  deployedAt: time,
  deployedBy: 'person:designer',
  current: true,
};

export const key: StoredKey = {
  id: 'key-1',
  principal: 'service:intake',
  scopes: ['read'],
  createdAt: time,
  expiresAt: null,
  revokedAt: null,
  demonstration: false,
};

export const secret = 'cs_test-secret';

const principal: Caller['principal'] = {
  id: 'person:a',
  kind: 'person',
  name: 'Trần Thị Lan',
  person: 'person:a',
  unit: 'unit:office',
  roles: ['clerk'],
  positions: [],
  active: true,
};

const migrations: readonly InstanceMigration[] = [
  {
    instance,
    outcome: 'would-move',
    seq: 4,
    from: ['approving'],
    to: ['approving'],
    voids: { decisions: 1, acts: 0 },
    refusal: null,
  },
  {
    instance: '0198c5f0-1111-7222-8333-444455556667',
    outcome: 'blocked',
    seq: 2,
    from: ['drafting'],
    to: null,
    voids: null,
    refusal: {
      kind: 'refusal',
      code: 'not-possible-here',
      message: 'It is in "drafting", and the other definition has no such state.',
      next: 'Say in the map where it goes.',
      considered: [],
      issues: [{ at: 'drafting', message: 'The other definition has no such state.' }],
    },
  },
];

export const control: ControlView = {
  id: 'control-1',
  scope: { kind: 'agent', agent: 'agent:drafter' },
  mode: 'paused',
  drill: false,
  reason: 'It errs.',
  setBy: 'person:a',
  setAt: time,
  asked: null,
  lifted: null,
  allowed: true,
};

export const request = {
  request: `${instance}.1.drafting`,
  instance,
  process: 'outgoing-document',
  state: 'drafting',
  opened: 1,
  decision: 'summary',
  input: {},
  instructions: null,
  output: { type: 'object' },
};

const challenge: Challenge = {
  statement: '{}',
  nonce: 'n',
  expires: time,
  challenge: 'c',
  credentials: [],
  relyingParty: 'localhost',
};

const factor: Factor = {
  id: 'factor-1',
  kind: 'otp',
  principal: 'person:a',
  enrolledAt: time,
  removedAt: null,
  detail: {},
};

const done = <T>(value: T): Answer<T> => ({ kind: 'done', value });

export interface Asked {
  readonly method: string;
  readonly input: readonly unknown[];
}

export interface HandEngine {
  readonly engine: Engine;
  /** Every call but `authenticate` and `ready`, in order. */
  readonly asked: Asked[];
  /** What `authenticate` was told of the caller's place. */
  readonly places: boolean[];
}

/** Answers plausibly; `overrides` replace single methods. */
export function handEngine(overrides: Partial<Engine> = {}): HandEngine {
  const asked: Asked[] = [];
  const places: boolean[] = [];
  const answers: Engine = {
    async authenticate(given, request, loopback) {
      places.push(loopback);
      return given === secret
        ? { principal, authentication: ['key'], scopes, key: 'key-1', proof: null, request }
        : null;
    },
    authenticateSession: async () => null,
    authenticateAccount: async () => null,
    openSession: async () =>
      done({ id: 'session-1', principal: 'person:a', secret: 'css_new', expiresAt: time }),
    listSessions: async () => done([]),
    endSessions: async () => done({ ended: ['session-1'] }),
    issueAccessToken: async () => done({ secret: 'cst_new', scopes: ['read'], expiresInSeconds: 600 }),
    deploy: async () => done({ definition, findings: [] }),
    listDefinitions: async () => done([definition]),
    readDefinition: async () => done(definition),
    start: async () => done(moved),
    postEvent: async () => done(moved),
    attendGate: async () => done(moved),
    decide: async () => done({ ...moved, outcome: 'approved' as const }),
    countBallots: async () => done({ ...moved, outcome: 'approved' as const }),
    listRequests: async () =>
      done({
        items: [{ ...request, requestedAt: time, leaseUntil: null, leasedToYou: false }],
        next: `${time} ${instance} drafting`,
      }),
    giveView: async () => done(moved),
    claimProposal: async () => done({ ...request, claim: 'claim-1', leaseUntil: time }),
    claimRequest: async () => done({ ...request, claim: 'claim-1', leaseUntil: time }),
    renewClaim: async () => done({ request: request.request, leaseUntil: time }),
    releaseClaim: async () => done(null),
    submitProposal: async () => done(moved),
    watchReviewers: async (_, question) => done({ note: 'n', fewest: 5, ...question, items: [] }),
    override: async () => done(moved),
    listControls: async () => done([control]),
    setControl: async () => done({ ...control, isNew: true }),
    askToLift: async () => done({ ...control, asked: { by: 'person:b', at: time, reason: 'Mended.' } }),
    confirmLift: async () => done({ ...control, lifted: { by: 'person:c', at: time } }),
    migrate: async (_, { dryRun, from, to }) => done({ dryRun, from, to, items: migrations, next: null }),
    fireDueTimers: async () => 0,
    readInstance: async () => done(view),
    search: async () => {
      const { process, definition: pinned, seq, status, startedAt, updatedAt } = view;
      const states = ['approving'];
      const item = { id: instance, process, definition: pinned, seq, status, states, indexed: { post: 'x' } };
      return done({ items: [{ ...item, startedAt, updatedAt }], next: instance });
    },
    readDecisions: async () => done({ items: [], counts: [], next: '7' }),
    readRecord: async () => done({ items: [], next: '7' }),
    listGates: async () => done({ items: [gate], next: `${instance} approving` }),
    readGate: async () => done(gate),
    readOpening: async () => done(gate),
    readActs: async () =>
      done({ items: [{ act: { act: 'key-issued', seq: 1 }, hash: '0'.repeat(64) }], next: '1' }),
    why: async () => done(whyView),
    readDirectory: async () =>
      done({
        version: 3,
        directory: { roles: {}, units: [], principals: [{ id: 'person:an', name: 'An' }] },
      }),
    putDirectory: async () => done({ version: 4, applied: true, changes: [], warnings: [] }),
    editDirectory: async () => done({ version: 4, applied: true, changes: [], warnings: [] }),
    readDirectoryEntries: async (_caller, kind) => done({ version: 3, items: [directoryEntries[kind]] }),
    readProvisioned: async () => done({ users: new Map(), groups: new Map() }),
    provision: async () => done({ view: { users: new Map(), groups: new Map() }, id: 'x' }),
    issueKey: async () => done({ ...key, secret: 'cs_new' }),
    listKeys: async () => done([key]),
    makeCallbackSecret: async (_caller, agent) => done({ agent, callback: null, secret: 'whsec_new' }),
    listCallbacks: async () => done([]),
    callAgents: async () => ({ begun: 0, answered: Promise.resolve() }),
    listFactors: async () => done([factor]),
    beginOtp: async () => done({ id: 'factor-1', uri: 'otpauth://totp/x', secret: 'ABC' }),
    challengeDecision: async () => done(challenge),
    challengeChange: async () => done({ ...challenge, factor: 'factor-1' }),
    enrolPasskey: async () => done(factor),
    enrolCertificate: async () => done(factor),
    confirmOtp: async () => done(factor),
    removeFactor: async () => done({ ...factor, removedAt: time }),
    resetFactor: async () => done({ ...factor, removedAt: time }),
    revokeKey: async () => done({ ...key, revokedAt: time }),
    compiled: async () => null,
    ready: async () => true,
    close: async () => undefined,
    ...overrides,
  };
  const silent = new Set(['authenticate', 'ready', 'compiled']);
  const engine = new Proxy(answers, {
    get(target, name: keyof Engine) {
      const method: (...input: never[]) => unknown = target[name];
      if (silent.has(name)) return method;
      return (...input: unknown[]) => {
        asked.push({ method: name, input: input.slice(1) });
        return method(...(input as never[]));
      };
    },
  });
  return { engine, asked, places };
}

const titles = { vi: 'x', en: 'x' };
const span = { from: '2026-01-01', until: '2026-12-31' };
const directoryEntries = {
  roles: { id: 'x', entry: { title: titles } },
  units: { id: 'x', entry: { id: 'unit:x', title: titles } },
  principals: { id: 'x', entry: { id: 'person:x', name: 'X' } },
  bodies: { id: 'x', entry: { id: 'body:x', title: titles, members: [] } },
  delegations: { id: 'x', entry: { of: 'person:x', to: 'person:y', ...span } },
  absences: { id: 'x', entry: { person: 'person:x', standIn: 'person:y', ...span } },
};
