import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readResponse } from '../../../bench/load/read-response.ts';

const sized = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello';
const chunked = 'HTTP/1.1 422 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n';
const empty = 'HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n';

test('a response is read by its length, by its chunks, or as empty', () => {
  expect(readResponse(sized)).toEqual({ status: 200, body: 'hello' });
  expect(readResponse(chunked)).toEqual({ status: 422, body: 'hello world' });
  expect(readResponse(empty)).toEqual({ status: 204, body: '' });
});

test('a response that is cut anywhere is not there yet', () => {
  for (const whole of [sized, chunked, empty]) {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        expect(readResponse(whole.slice(0, length))).toBeNull();
      }),
    );
  }
});
