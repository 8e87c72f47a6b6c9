/**
 * Writes objects whose members are known beforehand: the text is the one that `canonicalJson` gives, without looking
 * for the members and sorting them. A step writes three such objects, and verification millions.
 */

/** How each member is written, so that none can be forgotten when the type gets another. */
export type MemberWriters<T> = {
  readonly [name in keyof T]-?: (value: Exclude<T[name], undefined>) => string;
};

/** A member is left out where it is undefined. Whatever else an object holds is not written. */
export function memberWriter<T extends object>(writers: MemberWriters<T>): (value: T) => string {
  const members = sortedMembers(writers);
  return (value) => {
    let text = '';
    for (const { name, opening, write } of members) {
      const member = value[name];
      if (member !== undefined) text += (text === '' ? '{' : ',') + opening + write(member as never);
    }
    return text === '' ? '{}' : `${text}}`;
  };
}

export interface Member<T> {
  readonly name: keyof T & string;
  /** The name as it stands in the text, with its colon. */
  readonly opening: string;
  readonly write: (value: never) => string;
}

/** The members in the one order there is. */
export function sortedMembers<T>(writers: MemberWriters<T>): readonly Member<T>[] {
  return (Object.keys(writers) as (keyof T & string)[])
    .sort()
    .map((name) => ({ name, opening: `${JSON.stringify(name)}:`, write: writers[name] }));
}
