import { expect, test } from 'vitest';
import { toScramVerifier } from '../../../engine/ledger/scram-verifier.ts';

test('a verifier is the one of RFC 7677', () => {
  // Section 3's example: user "user", password "pencil".
  const verifier = toScramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
  expect(verifier).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('each verifier has a salt of its own', () => {
  expect(toScramVerifier('pencil')).not.toBe(toScramVerifier('pencil'));
});
