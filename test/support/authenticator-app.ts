/** An authenticator app: a second implementation of one-time codes beside the database's. */
import { URI } from 'otpauth';

/** The code of the step that is `steps` away from now. */
export function codeFrom(uri: string, steps = 0): string {
  const totp = URI.parse(uri);
  if (!('period' in totp)) throw new Error('This is no time-based secret.');
  return totp.generate({ timestamp: Date.now() + steps * 30_000 });
}

/** A code that is surely wrong now. */
export function wrongCode(uri: string): string {
  const near = new Set([-2, -1, 0, 1, 2].map((steps) => codeFrom(uri, steps)));
  for (let code = 0; ; code += 1) {
    const text = String(code).padStart(6, '0');
    if (!near.has(text)) return text;
  }
}
