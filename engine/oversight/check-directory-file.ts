/**
 * What the shape of a directory file cannot say: names that refer to each other, one line for each thing, no circle
 * of units, and times that are times. Each finding is at the path of what is wrong.
 */
import type { DirectoryFile } from '../../schemas/directory.ts';
import { suggestName } from '../definition/suggest-name.ts';
import { instantOf, kindOf } from './directory-file.ts';

export type Path = readonly (string | number)[];
export type Report = (code: string, message: string, path: Path) => void;

export function checkDirectoryFile(file: DirectoryFile, report: Report): void {
  const check = new FileCheck(file, report);
  check.units();
  check.principals();
  check.bodies();
  check.delegations();
}

class FileCheck {
  readonly #file: DirectoryFile;
  readonly #report: Report;
  readonly #units: ReadonlySet<string>;
  readonly #roles: ReadonlySet<string>;
  readonly #bodies: ReadonlySet<string>;
  /** The natural person behind each account. */
  readonly #personOf: ReadonlyMap<string, string>;

  constructor(file: DirectoryFile, report: Report) {
    this.#file = file;
    this.#report = report;
    this.#units = new Set(file.units.map(({ id }) => id));
    this.#roles = new Set(Object.keys(file.roles));
    this.#bodies = new Set((file.bodies ?? []).map(({ id }) => id));
    this.#personOf = new Map(file.principals.map(({ id, person }) => [id, person ?? id]));
  }

  units(): void {
    this.#reportTwice(this.#file.units, 'units');
    this.#file.units.forEach(({ parent }, index) => {
      this.#checkKnown('unit', parent, this.#units, ['units', index, 'parent']);
    });
    this.#reportCircles();
  }

  principals(): void {
    this.#reportTwice(this.#file.principals, 'principals');
    this.#reportSharedAccounts();
    this.#checkProvisioned();
    this.#file.principals.forEach(({ id, unit, roles, positions, person, operator, callback }, index) => {
      const at = (...rest: Path): Path => ['principals', index, ...rest];
      this.#checkKnown('unit', unit, this.#units, at('unit'));
      roles?.forEach((held, place) => {
        const [role, path] =
          typeof held === 'string' ? [held, at('roles', place)] : [held.role, at('roles', place, 'role')];
        this.#checkKnown('role', role, this.#roles, path);
        this.#checkHeld(held, at('roles', place));
      });
      positions?.forEach((held, place) => {
        this.#checkHeld(held, at('positions', place));
      });
      if (operator !== undefined) this.#checkOperator(id, operator, at('operator'));
      if (callback !== undefined) this.#checkCallback(id, callback, at('callback'));
      if (person === undefined) return;
      if (kindOf(id) === 'person') this.#checkPerson(person, at('person'));
      else
        this.#report('not-a-person', 'Only an account of a person has a "person" behind it.', at('person'));
    });
  }

  bodies(): void {
    const bodies = this.#file.bodies ?? [];
    this.#reportTwice(bodies, 'bodies');
    bodies.forEach(({ members }, index) => {
      members.forEach((member, place) => {
        const path = ['bodies', index, 'members', place];
        if (typeof member === 'string') this.#checkPerson(member, path);
        else {
          this.#checkPerson(member.person, [...path, 'person']);
          this.#checkSpan(member, path);
        }
      });
    });
  }

  delegations(): void {
    this.#file.delegations?.forEach((one, index) => {
      const path = ['delegations', index];
      this.#checkPair([one.of, 'of'], [one.to, 'to'], path);
      this.#checkSpan(one, path);
      one.roles?.forEach((role, place) => {
        this.#checkKnown('role', role, this.#roles, [...path, 'roles', place]);
      });
      one.bodies?.forEach((body, place) => {
        this.#checkKnown('body', body, this.#bodies, [...path, 'bodies', place]);
      });
      const { roles = [], positions = [], bodies = [] } = one;
      if (roles.length + positions.length + bodies.length === 0)
        this.#report('missing-field', 'Say what is passed on: "roles", "positions" or "bodies".', path);
    });
    this.#file.absences?.forEach((one, index) => {
      const path = ['absences', index];
      this.#checkPair([one.person, 'person'], [one.standIn, 'standIn'], path);
      this.#checkSpan(one, path);
    });
  }

  #checkOperator(agent: string, operator: string, path: Path): void {
    if (kindOf(agent) !== 'agent') this.#report('not-an-agent', 'Only an AI agent has an "operator".', path);
    else if (!operator.startsWith('person:')) this.#checkKnown('unit', operator, this.#units, path);
    else this.#checkKnown('person', operator, new Set(this.#personOf.keys()), path);
  }

  #checkCallback(agent: string, callback: string, path: Path): void {
    if (kindOf(agent) !== 'agent') this.#report('not-an-agent', 'Only an AI agent has a "callback".', path);
    const url = URL.parse(callback);
    if (url === null) this.#report('bad-value', `"${callback}" is no address.`, path);
    else if (url.protocol !== 'https:' && !isThisMachine(url.hostname))
      this.#report(
        'bad-value',
        'An agent is called over https; plain http is for an agent on this machine, while it is developed.',
        path,
      );
  }

  #checkHeld(
    held: string | { readonly unit?: string; readonly from?: string; readonly until?: string },
    path: Path,
  ) {
    if (typeof held === 'string') return;
    this.#checkKnown('unit', held.unit, this.#units, [...path, 'unit']);
    this.#checkSpan(held, path);
  }

  #checkSpan(span: { readonly from?: string; readonly until?: string }, path: Path): void {
    const ends = (['from', 'until'] as const).map((end) => {
      const text = span[end];
      const instant = text === undefined ? null : instantOf(text, end);
      if (text !== undefined && instant === null)
        this.#report('bad-value', `There is no such time as "${text}".`, [...path, end]);
      return instant;
    });
    const [from = null, until = null] = ends;
    if (from !== null && until !== null && from >= until)
      this.#report('bad-value', 'This ends before it begins.', [...path, 'until']);
  }

  #checkPair([one, oneName]: [string, string], [other, otherName]: [string, string], path: Path): void {
    this.#checkPerson(one, [...path, oneName]);
    this.#checkPerson(other, [...path, otherName]);
    if (one === other)
      this.#report('bad-value', 'Nobody acts for themselves. Name another person.', [...path, otherName]);
  }

  #checkPerson(id: string, path: Path): void {
    const person = this.#personOf.get(id);
    if (person === undefined)
      this.#checkKnown('person', id, new Set([...this.#personOf.keys()].filter(isPerson)), path);
    else if (person !== id)
      this.#report('person-of-person', `Name the natural person: ${id} is itself a second account.`, path);
  }

  #checkKnown(what: string, name: string | undefined, names: ReadonlySet<string>, path: Path): void {
    if (name === undefined || names.has(name)) return;
    const message = `There is no ${what} "${name}" in this file.${suggestName(name, names)}`;
    this.#report(`unknown-${what}`, message, path);
  }

  #reportTwice(list: readonly { readonly id: string }[], name: string): void {
    const first = new Set<string>();
    list.forEach(({ id }, index) => {
      if (first.has(id))
        this.#report('duplicate-id', `"${id}" is already in this file. Each has one entry.`, [
          name,
          index,
          'id',
        ]);
      first.add(id);
    });
  }

  /** A provider finds people by this name, whatever its case. */
  #checkProvisioned(): void {
    const owners = new Map<string, string>();
    this.#file.principals.forEach(({ id, provisioned }, index) => {
      if (provisioned === undefined) return;
      const path = ['principals', index, 'provisioned'];
      const name = provisioned.userName.toLowerCase();
      const owner = owners.get(name);
      owners.set(name, id);
      if (kindOf(id) !== 'person')
        this.#report('not-a-person', 'Only people are provisioned: leave this out.', path);
      else if (owner !== undefined)
        this.#report('duplicate-id', `${owner} is provisioned with this userName already.`, path);
    });
  }

  /** An account is one principal's: else it would be chance who somebody is. */
  #reportSharedAccounts(): void {
    const owners = new Map<string, string>();
    this.#file.principals.forEach(({ id, accounts = [] }, index) => {
      accounts.forEach(({ issuer, subject }, place) => {
        const account = `${issuer} ${subject}`;
        const owner = owners.get(account);
        const message = `This account is already that of ${owner}. An account is one principal's alone.`;
        if (owner === undefined) owners.set(account, id);
        else this.#report('shared-account', message, ['principals', index, 'accounts', place]);
      });
    });
  }

  #reportCircles(): void {
    const parents = new Map(this.#file.units.map(({ id, parent }) => [id, parent]));
    this.#file.units.forEach(({ id }, index) => {
      const seen = new Set<string>();
      let at: string | undefined = id;
      while (at !== undefined && !seen.has(at)) {
        seen.add(at);
        at = parents.get(at);
      }
      if (at === id)
        this.#report('unit-circle', `"${id}" is above itself. Correct "parent".`, ['units', index, 'parent']);
    });
  }
}

const isPerson = (id: string) => kindOf(id) === 'person';

const isThisMachine = (host: string) => /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(host);
