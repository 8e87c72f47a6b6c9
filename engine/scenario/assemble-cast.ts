/**
 * Who takes part: the principals of the directory, those made up for the test, and the short names of
 * both. It decides nothing about what any of them may do.
 */
import type { CastMember } from '../../schemas/scenario.ts';
import type { FindingList } from '../definition/finding-list.ts';
import { findNode, type SourceNode } from '../definition/read-source.ts';
import { suggestName } from '../definition/suggest-name.ts';
import {
  type Directory,
  type DirectoryContent,
  nothingElse,
  type Principal,
  type Unit,
} from '../oversight/directory.ts';

export interface Cast {
  readonly directory: Directory;
  /** By the names of the cast. */
  readonly names: ReadonlyMap<string, Principal>;
}

export type People = DirectoryContent;

type MadeUp = Exclude<CastMember, string>;

/** `people` are those of the directory file; none where the file names no directory. */
export function assembleCast(
  cast: { readonly [name: string]: CastMember },
  people: People,
  root: SourceNode,
  findings: FindingList,
): Cast {
  const principals = new Map(people.principals.map((principal) => [principal.id, principal]));
  const units = new Map(people.units.map((unit) => [unit.id, unit]));
  const names = new Map<string, Principal>();
  const place = (...path: string[]) => findNode(root, ['cast', ...path]).position;
  const madeUp = new Set(Object.keys(cast).filter((name) => typeof cast[name] !== 'string'));
  for (const [name, member] of Object.entries(cast)) {
    if (typeof member === 'string') {
      const found = principals.get(member);
      if (found !== undefined) names.set(name, found);
      else {
        const hint = suggestName(member, [...principals.keys()].slice(0, 1000));
        const message = `The directory has no "${member}".${hint} To make somebody up, write { roles: [...] }.`;
        findings.error('unknown-principal', place(name), message);
      }
      continue;
    }
    if (member.person !== undefined && !isMadeUpPerson(cast, member.person)) {
      const message = `There is no made-up person "${member.person}" in this cast.${suggestName(member.person, madeUp)}`;
      findings.error('unknown-principal', place(name, 'person'), message);
    }
    const principal = makeUp(name, member);
    if (principals.has(principal.id)) {
      const message = `"${principal.id}" is there already, in the directory or under another name. Choose another name.`;
      findings.error('duplicate-id', place(name), message);
      continue;
    }
    principals.set(principal.id, principal);
    names.set(name, principal);
    if (principal.unit !== null && !units.has(principal.unit))
      units.set(principal.unit, makeUpUnit(principal.unit));
  }
  const { roles, bodies, delegations } = { ...nothingElse, ...people };
  return { directory: { version: 1, principals, units, roles, bodies, delegations }, names };
}

function isMadeUpPerson(cast: { readonly [name: string]: CastMember }, name: string): boolean {
  const member = Object.hasOwn(cast, name) ? cast[name] : undefined;
  if (member === undefined || typeof member === 'string') return false;
  return (member.kind ?? 'person') === 'person' && member.person === undefined;
}

function makeUp(name: string, { kind = 'person', roles, positions, unit, person }: MadeUp): Principal {
  const id = idOf(kind, name);
  return {
    id,
    kind,
    name,
    person: person === undefined ? id : idOf('person', person),
    unit: unit ?? null,
    roles: roles ?? [],
    positions: positions ?? [],
    active: true,
  };
}

const idOf = (kind: Principal['kind'], name: string) => `${kind}:${name.toLowerCase().replaceAll('_', '-')}`;

const makeUpUnit = (id: string): Unit => ({ id, parent: null, title: { vi: id, en: id } });
