/** What the last door goes by, as it is stored: for verification. */
import type { Sql } from 'postgres';
import { reachDatabase } from './reach-database.ts';
import type { StoredDoorRules } from './record-reader.ts';

export async function readDoorRules(sql: Sql, definition: string): Promise<StoredDoorRules> {
  const [row] = await reachDatabase(
    sql.unsafe<StoredDoorRules[]>(
      `select
        (select coalesce(json_agg(json_build_object('gate', r.gate, 'reviewers', r.reviewers,
            'classification', r.classification, 'excludesInitiator', r.excludes_initiator,
            'excludesGates', r.excludes_gates, 'binds', r.binds,
            'approve', coalesce(to_json(r.approve_count), to_json(r.approve_share)),
            'ofVotesCast', r.of_votes_cast,
            'present', coalesce(to_json(r.present_count), to_json(r.present_share)),
            'ofAllMembers', r.of_all_members, 'assurance', r.assurance,
            'secret', r.secret, 'hasDue', r.has_due, 'excludesUntold', r.excludes_untold)), '[]')
          from ledger.gate_rules r where r.definition = decode($1, 'hex')) as gates,
        (select coalesce(json_agg(json_build_object('state', w.state, 'gates', w.gates, 'binds', w.binds,
            'afterProposal', w.after_proposal)), '[]')
          from ledger.walls w where w.definition = decode($1, 'hex')) as walls`,
      [definition],
    ),
  );
  return row ?? { gates: [], walls: [] };
}
