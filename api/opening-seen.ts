/** Which opening of a gate, and which subject, a request says in If-Match that it saw; or why it says none. */
import type { Refusal } from '../engine/index.ts';
import { openingOfTag } from './headers.ts';
import { refuse } from './problems.ts';
import type { Call } from './route.ts';

export function openingSeen({
  seen,
  parameters: { instance, state },
}: Pick<Call<unknown, unknown>, 'seen' | 'parameters'>):
  | NonNullable<ReturnType<typeof openingOfTag>>
  | Refusal {
  const gate = `/v1/instances/${instance}/gates/${state}`;
  // Also for `*`: it would approve whatever is there, seen or not.
  if (seen?.kind !== 'tag') {
    return refuse(
      'precondition-required',
      'A decision must say in If-Match what it decides: the ETag of the gate as you read it.',
      `Read ${gate} and send its ETag.`,
    );
  }
  return (
    openingOfTag(seen.tag) ??
    refuse(
      'stale',
      'If-Match names an opening that this gate never had.',
      `Read ${gate} again and decide on what you see.`,
    )
  );
}
