/** The inbox: open gates of the given states and those a person was told of, the oldest instances first. Who may see which is decided elsewhere. */
import type { Sql } from 'postgres';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import type { OpenGateRow } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** `after` is instance and state of the last row seen, joined by one space. */
export async function listOpenGates(
  sql: Sql,
  definitions: readonly { readonly hash: string; readonly state: string }[],
  person: string,
  after: string | null,
  limit: number,
): Promise<readonly OpenGateRow[]> {
  const { instance, state } = fromCursor(after);
  return reachDatabase(
    sql.unsafe<OpenGateRow[]>(
      statement,
      [
        JSON.stringify(definitions.map(({ hash }) => hash)),
        JSON.stringify(definitions.map((place) => place.state)),
        instance,
        state,
        limit,
        person,
      ],
      { prepare: true },
    ),
  );
}

/** Every instance and state comes after these two. */
const beginning = { instance: '00000000-0000-0000-0000-000000000000', state: '' };

function fromCursor(cursor: string | null): { readonly instance: string; readonly state: string } {
  const space = cursor?.indexOf(' ') ?? -1;
  const instance = cursor?.slice(0, space) ?? '';
  return isInstanceId(instance) ? { instance, state: cursor?.slice(space + 1) ?? '' } : beginning;
}

// One index range for each state, merged: however many gates are open, a page reads at most a page of each.
const statement = `
  select g.instance, d.process, encode(g.definition, 'hex') as definition, g.state, g.opened,
    ${instant('g.opened_at')} as "openedAt"
  from (
    select g.instance, g.state
    from rows from (json_array_elements_text($1::text::json), json_array_elements_text($2::text::json)) w(hash, state)
    cross join lateral (
      select g.instance, g.state from ledger.gates g
      where g.definition = decode(w.hash, 'hex') and g.state = w.state
        and g.instance >= $3::uuid and (g.instance > $3::uuid or g.state > $4::text)
      order by g.instance limit $5::int
    ) g
    union
    (select n.instance, n.state from ledger.gate_notices n
    where n.person = $6::text and n.instance >= $3::uuid and (n.instance > $3::uuid or n.state > $4::text)
    order by n.instance, n.state limit $5::int)
  ) mine
  join ledger.gates g using (instance, state)
  join ledger.definitions d on d.hash = g.definition
  order by g.instance, g.state limit $5::int`;
