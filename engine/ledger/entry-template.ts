/**
 * Breaks an entry's text where its own instance, seq, hashes and request stand. What is left is a template that
 * many entries of a batch share, so that the database has to read it once. It proves nothing: the database puts
 * the text together again, with values it knows, and compares the hash. Pure.
 */
import type { StepToCommit } from './ledger.ts';

export interface EntryParts {
  /** Which commitments the entry has, and the texts around what was taken out, joined by U+001E. */
  readonly template: string;
  /** As it stands between the quotes. */
  readonly request: string;
  readonly context: string | null;
  readonly data: string | null;
}

/**
 * Takes a canonical entry apart. A text that is none gives a template that the database refuses. The members are
 * found by their names alone: a quote within a JSON text is escaped, so these sequences are nowhere but at a
 * member, and of the members before `instance` only `context` and `data` are called that.
 */
export function takeApart({ instance, seq, sealed: { text, previous } }: StepToCommit): EntryParts {
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
  const commitments = `${context === null ? '' : 'c'}${data === null ? '' : 'd'}` || '-';
  return { template: `${commitments}\u001e${pieces.join('\u001e')}`, request, context, data };
}

const contextName = ',"context":"';
const dataName = ',"data":"';
const instanceName = ',"instance":"';
const previousName = '"previous":"';
const requestName = '"request":"';
const requestFollower = '","responsible":';
const seqName = ',"seq":';
const digestLength = 64;
