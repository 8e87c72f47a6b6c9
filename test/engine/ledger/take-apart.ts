/**
 * The parts of an entry that nobody sealed: as an altered engine would make them, of whatever text it likes. A text
 * that is no entry gives a template that the database refuses.
 */
import type { EntryParts } from '../../../engine/evidence/sealed-entry.ts';

interface AnyEntry {
  readonly instance: string;
  readonly seq: number;
  readonly text: string;
  readonly previous: string;
}

/**
 * The members are found by their names alone: a quote within a JSON text is escaped, so these sequences are nowhere
 * but at a member, and of the members before `instance` only `context` and `data` are called that.
 */
export function takeApart({ instance, seq, text, previous }: AnyEntry): EntryParts {
  const pieces: string[] = [];
  let end = 0;
  const take = (from: number, length: number): string => {
    pieces.push(text.slice(end, from));
    end = from + length;
    return text.slice(from, end);
  };
  const takeDigest = (name: string): string | null => {
    const at = text.indexOf(name, end);
    if (at >= 0 && at < instanceAt) return take(at + name.length, digestLength);
    pieces.push('');
    return null;
  };
  const after = (name: string): number => text.indexOf(name, end) + name.length;

  const instanceAt = after(instanceName);
  const context = takeDigest(contextName);
  const data = takeDigest(dataName);
  take(instanceAt, instance.length);
  take(after(previousName), previous.length);
  const requestAt = after(requestName);
  const request = take(requestAt, text.indexOf(requestFollower, requestAt) - requestAt);
  take(after(seqName), String(seq).length);
  pieces.push(text.slice(end));
  return { template: pieces, request, context, data };
}

const contextName = ',"context":"';
const dataName = ',"data":"';
const instanceName = ',"instance":"';
const previousName = '"previous":"';
const requestName = '"request":"';
const requestFollower = '","responsible":';
const seqName = ',"seq":';
const digestLength = 64;
