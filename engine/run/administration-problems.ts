/**
 * The chain of acts: whether it is whole, and whether the keys, the directory, the controls and the definitions are what it
 * leads to. It looks at no instance.
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { noPrevious } from '../evidence/sealed-entry.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import { toStoredRest } from '../ledger/directory.ts';
import type { Administration, DirectoryChange, StoredAct } from '../ledger/record-reader.ts';
import type { Directory } from '../oversight/directory.ts';
import type { Problem, ProblemKind } from '../step/verify-instance.ts';
import { ControlsOnRecord } from './controls-on-record.ts';

export interface AdministrationReport {
  readonly acts: number;
  /** Whom each key was issued to, or each session opened for, as entries name them: `key:` or `session:` and its id. */
  readonly issued: ReadonlyMap<string, string>;
  /** By the acts, what each factor is and whose, by its id. */
  readonly enrolled: ReadonlyMap<string, EnrolledFactor>;
  readonly problems: readonly Problem[];
}

export interface EnrolledFactor {
  readonly kind: string;
  readonly principal: string;
  readonly detail: string;
}

/** What one act says. Members beyond these are each act's own. */
interface Act {
  readonly act: string;
  readonly by: string;
  readonly seq: number;
  readonly time: string;
  readonly [member: string]: unknown;
}

/** Problems are of the "instance" administration, at the seq of their act, or at 0. */
export async function findAdministrationProblems(
  administration: Administration,
): Promise<AdministrationReport> {
  const trial = new AdministrationTrial();
  for await (const page of administration.acts()) {
    for (const act of page) trial.add(act);
  }
  trial.compareKeys(administration);
  trial.compareControls(administration);
  trial.compareFactors(administration);
  trial.compareSessions(administration);
  trial.compareCallbackSecrets(administration);
  trial.compareDefinitions(administration);
  let newest: DirectoryChange | null = null;
  for await (const page of administration.directoryChanges()) {
    for (const change of page) trial.compareChange(change);
    newest = page.at(-1) ?? newest;
  }
  trial.compareDirectory(administration.directory, newest);
  return { acts: trial.count, issued: trial.issued(), enrolled: trial.enrolled(), problems: trial.problems };
}

class AdministrationTrial {
  readonly problems: Problem[] = [];
  count = 0;
  readonly #issued = new Map<string, Act>();
  readonly #revoked = new Map<string, Act>();
  readonly #enrolled = new Map<string, Act>();
  readonly #removed = new Map<string, Act>();
  readonly #opened = new Map<string, Act>();
  /** Sessions that were ended, with the time of it. */
  readonly #ended = new Map<string, string>();
  /** By agent: the act that made each secret, and those of the ones before. */
  readonly #secrets = new Map<string, readonly Act[]>();
  readonly #deployed = new Map<string, Act>();
  readonly #current = new Map<string, Act>();
  readonly #replaced = new Map<number, Act>();
  readonly #controls = new ControlsOnRecord();
  #seq = 0;
  #hash = noPrevious;
  #version = 0;

  add({ seq, hash, text }: StoredAct): void {
    this.count += 1;
    if (seq !== this.#seq + 1) {
      const message = `The acts between ${this.#seq} and ${seq} are missing.`;
      this.#report('act-missing', message, this.#seq + 1);
    }
    const act = parseAct(text);
    const altered = alterationOf(act, { seq, hash, text });
    if (altered !== null) this.#report('act-altered', altered, seq);
    if (act !== null && seq === this.#seq + 1 && act.previous !== this.#hash) {
      const message = `The act does not follow the one before it: it names ${String(act.previous)} as its hash.`;
      this.#report('act-chain-broken', message, seq);
    }
    this.#seq = seq;
    this.#hash = hash;
    if (act !== null) this.#note(act);
  }

  #note(act: Act): void {
    if (typeof act.directory === 'number') this.#version = act.directory;
    this.#controls.note(act);
    if (act.act === 'key-issued') this.#issued.set(String(act.key), act);
    else if (act.act === 'key-revoked') this.#revoked.set(String(act.key), act);
    else if (act.act === 'factor-enrolled') this.#enrolled.set(String(act.factor), act);
    else if (act.act === 'factor-removed') this.#removed.set(String(act.factor), act);
    else if (act.act === 'session-opened') {
      this.#opened.set(String(act.session), act);
      if (typeof act.replaces === 'string') this.#ended.set(act.replaces, act.time);
    } else if (act.act === 'sessions-ended') {
      for (const session of listOf(act.sessions)) this.#ended.set(session, act.time);
    } else if (act.act === 'callback-secret-made')
      this.#secrets.set(String(act.agent), [...(this.#secrets.get(String(act.agent)) ?? []), act].slice(-2));
    else if (act.act === 'callback-secret-removed') this.#secrets.delete(String(act.agent));
    else if (act.act === 'directory-replaced') this.#replaced.set(Number(act.directory), act);
    else if (act.act === 'definition-deployed') {
      const hash = String(act.definition);
      if (!this.#deployed.has(hash)) this.#deployed.set(hash, act);
      this.#current.set(String(act.process), act);
    }
  }

  issued(): ReadonlyMap<string, string> {
    return new Map([
      ...[...this.#issued].map(([id, { principal }]) => [`key:${id}`, String(principal)] as const),
      ...[...this.#opened].map(([id, { principal }]) => [`session:${id}`, String(principal)] as const),
    ]);
  }

  compareKeys({ keys }: Administration): void {
    const seen = new Set<string>();
    for (const key of keys) {
      seen.add(key.id);
      const act = this.#issued.get(key.id);
      if (act === undefined) {
        const message = `There is a key ${key.id} of ${key.principal} that no act issued.`;
        this.#report('key-differs', message, 0);
        continue;
      }
      const should = {
        principal: act.principal,
        scopes: act.scopes,
        'time of issue': act.time,
        expiry: act.expires,
        demonstration: act.demonstration,
        fingerprint: act.fingerprint,
        'time of revocation': this.#revoked.get(key.id)?.time ?? null,
      };
      const is = {
        principal: key.principal,
        scopes: key.scopes,
        'time of issue': key.createdAt,
        expiry: key.expiresAt,
        demonstration: key.demonstration,
        fingerprint: sha256Hex(key.hash),
        'time of revocation': key.revokedAt,
      };
      this.#compare('key-differs', `key ${key.id} of ${key.principal}`, is, should, act.seq);
    }
    for (const [id, act] of this.#issued) {
      if (seen.has(id)) continue;
      const message = `The key ${id} of ${String(act.principal)} was issued, and is not there.`;
      this.#report('key-differs', message, act.seq);
    }
  }

  compareControls({ controls }: Administration): void {
    this.problems.push(...this.#controls.problems(controls));
  }

  enrolled(): ReadonlyMap<string, EnrolledFactor> {
    return new Map(
      [...this.#enrolled].map(([id, { kind, principal, detail }]) => [
        id,
        { kind: String(kind), principal: String(principal), detail: String(detail) },
      ]),
    );
  }

  compareFactors({ factors, otpFingerprints }: Administration): void {
    const seen = new Set<string>();
    for (const factor of factors) {
      const { id, kind, principal, detail } = factor;
      seen.add(id);
      const act = this.#enrolled.get(id);
      if (act === undefined) {
        const message = `There is a factor ${id} of ${principal} that no act enrolled.`;
        this.#report('factor-differs', message, 0);
        continue;
      }
      const is = {
        principal,
        kind,
        content: detail,
        'time of enrolment': factor.enrolledAt,
        'time of removal': factor.removedAt,
        fingerprint: kind === 'otp' ? (otpFingerprints.get(id) ?? null) : sha256Hex(detail),
      };
      const should = {
        principal: act.principal,
        kind: act.kind,
        content: act.detail,
        'time of enrolment': act.time,
        'time of removal': this.#removed.get(id)?.time ?? null,
        fingerprint: act.fingerprint,
      };
      this.#compare('factor-differs', `factor ${id} of ${principal}`, is, should, act.seq);
    }
    for (const [id, act] of this.#enrolled) {
      if (seen.has(id)) continue;
      const message = `The factor ${id} of ${String(act.principal)} was enrolled, and is not there.`;
      this.#report('factor-differs', message, act.seq);
    }
  }

  /** One that expired may be gone. But none is there, or lives, that the acts do not say so of. */
  compareSessions({ sessions }: Administration): void {
    for (const session of sessions) {
      const act = this.#opened.get(session.id);
      if (act === undefined) {
        const message = `There is a session ${session.id} of ${session.principal} that no act opened.`;
        this.#report('session-differs', message, 0);
        continue;
      }
      const { principal, issuer, subject, acr, amr, authenticatedAt, openedAt, expiresAt } = session;
      const is = {
        ...{ principal, issuer, subject, acr, amr, expiry: expiresAt, 'idle time': session.idleSeconds },
        'time of sign-in': authenticatedAt,
        'time of opening': openedAt,
        'time of ending': session.endedAt,
        fingerprint: sha256Hex(session.hash),
      };
      const should = {
        ...{ principal: act.principal, issuer: act.issuer, subject: act.subject, acr: act.acr, amr: act.amr },
        ...{ expiry: act.expires, 'idle time': act.idle, 'time of sign-in': act.authenticated },
        'time of opening': act.time,
        'time of ending': this.#ended.get(session.id) ?? null,
        fingerprint: act.fingerprint,
      };
      this.#compare('session-differs', `session ${session.id} of ${principal}`, is, should, act.seq);
    }
  }

  /** Whoever knows one can call an agent in this server's name. */
  compareCallbackSecrets({ callbackSecrets }: Administration): void {
    const seen = new Set<string>();
    for (const { agent, fingerprint, previous, madeAt, madeBy } of callbackSecrets) {
      seen.add(agent);
      const [act, before] = [...(this.#secrets.get(agent) ?? [])].reverse();
      if (act === undefined) {
        const message = `There is a callback secret of ${agent} that no act made.`;
        this.#report('callback-secret-differs', message, 0);
        continue;
      }
      const is = { fingerprint, 'secret before': previous, 'time of making': madeAt, author: madeBy };
      const should = {
        fingerprint: act.fingerprint,
        'secret before': before?.fingerprint ?? null,
        'time of making': act.time,
        author: act.by,
      };
      this.#compare('callback-secret-differs', `callback secret of ${agent}`, is, should, act.seq);
    }
    for (const [agent, acts] of this.#secrets) {
      if (seen.has(agent)) continue;
      const message = `A callback secret of ${agent} was made, and is not there.`;
      this.#report('callback-secret-differs', message, acts.at(-1)?.seq ?? 0);
    }
  }

  compareDefinitions({ definitions, current }: Administration): void {
    const seen = new Set<string>();
    for (const stored of definitions) {
      seen.add(stored.hash);
      const act = this.#deployed.get(stored.hash);
      const title = `definition ${stored.process} ${stored.version}`;
      if (act === undefined) {
        this.#definitionProblem(stored.hash, `There is a ${title} that no act deployed.`);
        continue;
      }
      const { process, version, certificate, deployedAt, deployedBy } = stored;
      const is = { process, version, certificate, 'time of deployment': deployedAt, deployer: deployedBy };
      const should = {
        process: act.process,
        version: act.version,
        certificate: act.certificate,
        'time of deployment': act.time,
        deployer: act.by,
      };
      for (const message of differences(`The ${title}`, is, should))
        this.#definitionProblem(stored.hash, message);
    }
    for (const [hash, act] of this.#deployed) {
      if (!seen.has(hash)) {
        const message = `The definition ${String(act.process)} ${String(act.version)} was deployed, and is not there.`;
        this.#definitionProblem(hash, message);
      }
    }
    for (const process of new Set([...current.keys(), ...this.#current.keys()])) {
      const should = this.#current.get(process)?.definition ?? null;
      const is = current.get(process) ?? null;
      if (is === should) continue;
      const message = `New instances of ${process} get the definition ${is}; by the acts it is ${String(should)}.`;
      this.#definitionProblem(is ?? String(should), message);
    }
  }

  compareChange({ version, changedAt, changedBy, digest }: DirectoryChange): void {
    const act = this.#replaced.get(version);
    if (act === undefined) {
      const message = `There is a directory of version ${version} that no act put in force.`;
      this.#report('directory-differs', message, 0);
      return;
    }
    this.#replaced.delete(version);
    const should = { 'time of change': act.time, author: act.by, content: act.digest };
    const is = { 'time of change': changedAt, author: changedBy, content: digest };
    this.#compare('directory-differs', `directory of version ${version}`, is, should, act.seq);
  }

  /** After every change was compared. */
  compareDirectory(directory: Directory, newest: DirectoryChange | null): void {
    for (const [version, act] of this.#replaced) {
      const message = `The directory of version ${version} was put in force, and is not kept.`;
      this.#report('directory-differs', message, act.seq);
    }
    if (directory.version !== this.#version) {
      const message = `The directory says it is of version ${directory.version}; by the acts it is ${this.#version}.`;
      this.#report('directory-differs', message, 0);
    }
    const people = new Map((newest?.principals ?? []).map((one) => [one.id, one]));
    this.#compareMembers('principal', people, directory.principals);
    const units = new Map((newest?.units ?? []).map((one) => [one.id, one]));
    this.#compareMembers('unit', units, directory.units);
    const { roles, bodies, delegations } = toStoredRest(directory);
    const made = newest?.rest ?? { roles: [], bodies: [], delegations: [] };
    this.#compareMembers('role', byKey(made.roles, nameOf), byKey(roles, nameOf));
    this.#compareMembers('body', byKey(made.bodies, idOf), byKey(bodies, idOf));
    this.#compareMembers('delegation', byPlace(made.delegations), byPlace(delegations));
  }

  #compareMembers<T extends object>(
    what: string,
    should: ReadonlyMap<string, T>,
    is: ReadonlyMap<string, T>,
  ): void {
    for (const id of new Set([...should.keys(), ...is.keys()])) {
      const [made, stored] = [should.get(id), is.get(id)];
      if (made === undefined || stored === undefined) {
        const where = made === undefined ? 'not in the one put in force last' : 'not in force';
        this.#report('directory-differs', `The ${what} ${id} is in one directory and ${where}.`, 0);
      } else {
        // What is null in the database is left out of it here: a member that is gone differs, too.
        const gone = Object.fromEntries(Object.keys(made).map((name) => [name, null]));
        this.#compare('directory-differs', `${what} ${id}`, { ...gone, ...stored }, made, 0);
      }
    }
  }

  #compare(code: ProblemKind, title: string, is: object, should: object, seq: number): void {
    for (const message of differences(`The ${title}`, is, should)) this.#report(code, message, seq);
  }

  #report(code: ProblemKind, message: string, seq: number): void {
    this.problems.push({ instance: 'administration', seq, code, message });
  }

  #definitionProblem(hash: string, message: string): void {
    this.problems.push({ instance: hash, seq: 0, code: 'definition-differs', message });
  }
}

const nameOf = ({ name }: { readonly name: string }) => name;
const idOf = ({ id }: { readonly id: string }) => id;

function byKey<T>(list: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, T> {
  return new Map(list.map((one) => [keyOf(one), one]));
}

/** Delegations have no name; their place in the list is one. */
function byPlace<T>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((one, index) => [`number ${index + 1}`, one]));
}

type Members = { readonly [name: string]: unknown };

function differences(title: string, found: object, made: object): readonly string[] {
  const [is, should]: [Members, Members] = [{ ...found }, { ...made }];
  // What is not there on one side is a difference, too.
  return [...new Set([...Object.keys(is), ...Object.keys(should)])]
    .filter((name) => textOf(is[name]) !== textOf(should[name]))
    .map((name) =>
      name === 'fingerprint' || name === 'content'
        ? `${title} does not have the ${name} that is on the record.`
        : `${title} has ${textOf(is[name])} as its ${name}; on the record it is ${textOf(should[name])}.`,
    );
}

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

const textOf = (value: unknown) => canonicalJson(value ?? null);

function parseAct(text: string): Act | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Act) : null;
  } catch {
    return null;
  }
}

function alterationOf(act: Act | null, { seq, hash, text }: StoredAct): string | null {
  if (act === null) return 'The text of the act is not a JSON object any more.';
  if (canonicalJson(act) !== text) return 'The text of the act is not canonical JSON any more.';
  if (sha256Hex(text) !== hash) return 'The text of the act does not have the hash that is stored with it.';
  return act.seq === seq ? null : `The act says that it is number ${act.seq}.`;
}
