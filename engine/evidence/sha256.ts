/** The one hash function of the record: SHA-256, as lower-case hexadecimal. */
import { hash } from 'node:crypto';

/** SHA-256 of the text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * Commitment to content that may be destroyed later: SHA-256 of the salt's 32 bytes and then the
 * content's UTF-8 bytes. Once salt and content are gone, nobody can test a guess against it.
 */
export function commitmentOf(saltHex: string, text: string): string {
  if (!saltPattern.test(saltHex)) throw new TypeError('A salt is 32 bytes in lower-case hexadecimal.');
  const bytes = Buffer.allocUnsafe(saltBytes + Buffer.byteLength(text));
  bytes.write(saltHex, 0, 'hex');
  bytes.write(text, saltBytes);
  return hash('sha256', bytes, 'hex');
}

/** Whether salt and text are what the commitment was made of. What is no salt never is. */
export function holdsCommitment(commitment: string | undefined, saltHex: string, text: string): boolean {
  return saltPattern.test(saltHex) && commitmentOf(saltHex, text) === commitment;
}

const saltBytes = 32;
const saltPattern = /^[0-9a-f]{64}$/;
