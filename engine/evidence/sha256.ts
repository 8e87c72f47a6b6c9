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
  if (!isSalt(saltHex)) throw new TypeError('A salt is 32 bytes in lower-case hexadecimal.');
  // UTF-8 takes at most three bytes for each unit of the text.
  const bytes =
    saltBytes + 3 * text.length <= scratch.length
      ? scratch
      : Buffer.allocUnsafe(saltBytes + Buffer.byteLength(text));
  bytes.write(saltHex, 0, 'hex');
  const length = saltBytes + bytes.write(text, saltBytes);
  return hash('sha256', bytes.subarray(0, length), 'hex');
}

/** Whether salt and text are what the commitment was made of. What is no salt never is. */
export function holdsCommitment(commitment: string | undefined, saltHex: string, text: string): boolean {
  return isSalt(saltHex) && commitmentOf(saltHex, text) === commitment;
}

/** Whether a text is a salt: 32 bytes in lower-case hexadecimal. */
export function isSalt(text: string): boolean {
  if (text.length !== 2 * saltBytes) return false;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    const isDigit = unit >= 48 && unit <= 57;
    if (!isDigit && !(unit >= 97 && unit <= 102)) return false;
  }
  return true;
}

const saltBytes = 32;
/** Most texts are short: they are put together here, one at a time. */
const scratch = Buffer.allocUnsafeSlow(16 * 1024);
