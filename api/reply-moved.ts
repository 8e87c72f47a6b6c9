/** The answer to whoever moved an instance: what it came to, and the tag that the next request names it by. */
import type { Answer } from '../engine/index.ts';
import { instanceTag } from './headers.ts';
import { reply } from './route.ts';

export function replyMoved<T extends { readonly seq: number }>(answer: Answer<T>) {
  return answer.kind === 'refusal' ? answer : reply(answer.value, { etag: instanceTag(answer.value.seq) });
}
