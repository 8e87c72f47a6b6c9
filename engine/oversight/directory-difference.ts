/** What changes between two directories, in sentences for whoever is about to change it. It judges nothing. */
import type { DirectoryFile } from '../../schemas/directory.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { DirectoryContent } from './directory.ts';
import { toDirectoryFile } from './directory-file.ts';

/** None where both say the same, in whatever order. */
export function directoryDifference(before: DirectoryContent, after: DirectoryContent): readonly string[] {
  const [was, is] = [toDirectoryFile(before), toDirectoryFile(after)];
  return [
    ...compare('The role', rolesOf(was), rolesOf(is)),
    ...compare('The unit', byId(was.units), byId(is.units)),
    ...compare('The principal', byId(was.principals), byId(is.principals)),
    ...compare('The body', byId(was.bodies ?? []), byId(is.bodies ?? [])),
    ...compareLists('The delegation', was.delegations ?? [], is.delegations ?? []),
    ...compareLists('The absence', was.absences ?? [], is.absences ?? []),
  ];
}

type Things = ReadonlyMap<string, JsonObject>;

const byId = (list: readonly { readonly id: string }[]): Things =>
  new Map(list.map((one) => [one.id, one as unknown as JsonObject]));

function rolesOf({ roles }: DirectoryFile): Things {
  return new Map(Object.entries(roles).map(([name, { title }]) => [name, { title }]));
}

function compare(what: string, before: Things, after: Things): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((id) => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was === undefined) return [`${what} ${id} is added: ${membersOf(is ?? {})}.`];
    if (is === undefined) return [`${what} ${id} is removed.`];
    return [...new Set([...Object.keys(was), ...Object.keys(is)])].sort().flatMap((member) => {
      const change = changeOf(was[member], is[member]);
      return change === null ? [] : [`${what} ${id}: ${member} ${change}.`];
    });
  });
}

/** These have no name, so one that is changed is one removed and another added. */
function compareLists(what: string, before: readonly object[], after: readonly object[]): readonly string[] {
  const texts = (list: readonly object[]) => new Set(list.map((one) => canonicalJson(one)));
  const [was, is] = [texts(before), texts(after)];
  return [
    ...[...was].filter((text) => !is.has(text)).map((text) => `${what} ${text} is removed.`),
    ...[...is].filter((text) => !was.has(text)).map((text) => `${what} ${text} is added.`),
  ];
}

function changeOf(was: Json | undefined, is: Json | undefined): string | null {
  if (Array.isArray(was) || Array.isArray(is)) {
    const texts = (list: Json | undefined) => new Set((Array.isArray(list) ? list : []).map(textOf));
    const [before, after] = [texts(was), texts(is)];
    const lost = [...before].filter((text) => !after.has(text));
    const gained = [...after].filter((text) => !before.has(text));
    const parts = [
      ...(gained.length === 0 ? [] : [`gain ${gained.join(', ')}`]),
      ...(lost.length === 0 ? [] : [`lose ${lost.join(', ')}`]),
    ];
    return parts.length === 0 ? null : parts.join(' and ');
  }
  const [before, after] = [textOf(was ?? null), textOf(is ?? null)];
  if (before === after) return null;
  if (was === undefined) return `becomes ${after}`;
  return is === undefined ? `is no longer ${before}` : `becomes ${after} instead of ${before}`;
}

function membersOf(thing: JsonObject): string {
  return Object.entries(thing)
    .filter(([name]) => name !== 'id' && name !== 'title')
    .map(
      ([name, value]) =>
        `${name} ${[value]
          .flat()
          .map((one) => textOf(one as Json))
          .join(', ')}`,
    )
    .join('; ');
}

const textOf = (value: Json) => (typeof value === 'string' ? value : canonicalJson(value));
