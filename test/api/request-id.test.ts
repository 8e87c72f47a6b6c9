import { expect, test } from 'vitest';
import { requestId } from '../../api/request-id.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

test('the trace id of a valid traceparent is the request id', () => {
  expect(requestId(`00-${trace}-00f067aa0ba902b7-01`)).toBe(trace);
  expect(requestId(`01-${trace}-00f067aa0ba902b7-01-more`)).toBe(trace);
});

test('anything else gets a random id of the same form, never twice the same', () => {
  const bad = [
    null,
    undefined,
    '',
    `ff-${trace}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${trace.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${trace}-00f067aa0ba902b7-01\r\nx: y`,
    'x'.repeat(5000),
  ];
  const ids = Array.from({ length: 1000 }, (_, index) => requestId(bad[index % bad.length]));
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(ids).size).toBe(1000);
  expect(ids).not.toContain(trace);
});
