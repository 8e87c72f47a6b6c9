/** What people show at a decision: enrolled, shown, and removed. Secrets of one-time codes never come out again. */
import type { Sql, TransactionSql } from 'postgres';
import { instant } from './instant.ts';
import { reachDatabase } from './reach-database.ts';

export interface StoredFactor {
  readonly id: string;
  readonly kind: 'otp' | 'passkey' | 'certificate';
  readonly principal: string;
  /** Canonical JSON: of a passkey its public key, of a certificate which it is. */
  readonly detail: string;
  readonly enrolledAt: string;
  readonly removedAt: string | null;
}

/** Who changes a factor, and what shows that they are there. */
export interface FactorOwner {
  readonly principal: string;
  readonly proof: string;
}

export type ShownOutcome =
  | { readonly outcome: 'shown'; readonly factor: string; readonly step: number }
  | { readonly outcome: 'none' | 'wrong' | 'used' | 'limited' };

export interface FactorLedger {
  /** Of one principal, or (null) all; those that were removed, too. */
  listFactors(principal: string | null): Promise<readonly StoredFactor[]>;
  /** Spends a code for one purpose, and counts it when it is wrong. */
  showCode(principal: string, purpose: string, code: string): Promise<ShownOutcome>;
  /** Spends a signed statement for one purpose. The signature MUST have been checked. */
  showSignature(
    principal: string,
    purpose: string,
    factor: string,
    statementHash: string,
    counter: number | null,
  ): Promise<'shown' | 'none' | 'used' | 'copied'>;
  /** Answers the new secret, hexadecimal. It is told this once. */
  beginOtp(owner: FactorOwner, factor: string): Promise<string>;
  confirmOtp(
    owner: FactorOwner,
    factor: string,
    code: string,
  ): Promise<'enrolled' | 'none' | 'wrong' | 'limited' | 'held'>;
  enrolFactor(
    owner: FactorOwner,
    factor: { readonly id: string; readonly kind: 'passkey' | 'certificate'; readonly detail: string },
  ): Promise<void>;
  /** False when there is no such factor. */
  removeFactor(id: string, by: FactorOwner): Promise<boolean>;
}

export function factorLedger(commits: Sql, reads: Sql): FactorLedger {
  return {
    listFactors: (principal) => listFactors(reads, principal),

    async showCode(principal, purpose, code) {
      const [row] = await reachDatabase(
        commits<{ outcome: ShownOutcome['outcome']; factor: string | null; step: string | null }[]>`
          select outcome, factor, step::text from ledger.show_code(${principal}, ${purpose}, ${code})`,
      );
      if (row === undefined) throw new Error('The ledger did not answer on a code.');
      if (row.outcome !== 'shown') return { outcome: row.outcome };
      return { outcome: 'shown', factor: row.factor ?? '', step: Number(row.step) };
    },

    async showSignature(principal, purpose, factor, statementHash, counter) {
      const [row] = await reachDatabase(
        commits<{ outcome: 'shown' | 'none' | 'used' | 'copied' }[]>`
          select ledger.show_signature(${principal}, ${purpose}, ${factor}, ${statementHash}, ${counter}::bigint) as outcome`,
      );
      if (row === undefined) throw new Error('The ledger did not answer on a signature.');
      return row.outcome;
    },

    async beginOtp({ principal, proof }, factor) {
      const [row] = await reachDatabase(
        commits<{ secret: string }[]>`select ledger.begin_otp(${principal}, ${proof}, ${factor}) as secret`,
      );
      if (row === undefined) throw new Error('The ledger drew no secret.');
      return row.secret;
    },

    async confirmOtp({ principal, proof }, factor, code) {
      const [row] = await reachDatabase(
        commits<{ outcome: 'enrolled' | 'none' | 'wrong' | 'limited' | 'held' }[]>`
          select ledger.confirm_otp(${principal}, ${proof}, ${factor}, ${code}) as outcome`,
      );
      if (row === undefined) throw new Error('The ledger did not answer on a first code.');
      return row.outcome;
    },

    async enrolFactor({ principal, proof }, { id, kind, detail }) {
      await reachDatabase(
        commits`select ledger.enrol_factor(${principal}, ${proof}, ${id}, ${kind}, ${detail})`,
      );
    },

    async removeFactor(id, { principal, proof }) {
      const [row] = await reachDatabase(
        commits<{ removed: boolean }[]>`
          select ledger.remove_factor(${id}, ${principal}, ${proof}) as removed`,
      );
      return row?.removed === true;
    },
  };
}

export async function listFactors(
  sql: Sql | TransactionSql,
  principal: string | null,
): Promise<readonly StoredFactor[]> {
  const rows = await reachDatabase(
    sql.unsafe<StoredFactor[]>(
      `select id, kind, principal, detail, ${instant('enrolled_at')} as "enrolledAt",
        ${instant('removed_at')} as "removedAt" from ledger.factors
       where $1::text is null or principal = $1 order by enrolled_at, id`,
      [principal],
    ),
  );
  return [...rows];
}

/** What shows that each secret is still the one that was enrolled: by the factor's id. */
export async function otpFingerprints(sql: TransactionSql): Promise<ReadonlyMap<string, string>> {
  const rows = await reachDatabase(
    sql<{ factor: string; fingerprint: string }[]>`select factor, fingerprint from ledger.otp_fingerprints()`,
  );
  return new Map(rows.map(({ factor, fingerprint }) => [factor, fingerprint]));
}
