/**
 * A bearer key is hashed twice. The first hash is its proof: it travels with a decision to the database, which hashes
 * it again and compares it with what is stored. So neither the stored hash nor anything else that the engine can
 * read lets it vote for somebody whose key it was not just shown (P3).
 */
import { sha256Hex } from '../evidence/sha256.ts';

export function proofOf(secret: string): string {
  return sha256Hex(secret);
}

/** What is stored of a key, by its proof. */
export function keyHashOf(proof: string): string {
  return sha256Hex(proof);
}
