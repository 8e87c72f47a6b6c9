import { statSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { expect, test, vi } from 'vitest';
import { toConnectionOptions } from '../../engine/ledger/database-address.ts';
import { startEmbedded } from '../../engine/run/embedded/start-embedded.ts';
import { inFolder, runCli } from './run-cli.ts';
import { runHere } from './run-here.ts';
import { environment, verifyJson } from './test-server.ts';

// Each plays whole stories in processes of their own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

test('the whole story is played over HTTP and verifies, on a server of its own', async () => {
  await inFolder(async (folder) => {
    const { code, stdout, stderr } = await runCli(['demo'], { env: environment(folder) });
    expect(stderr.replace('The database is starting.\n', '')).toBe('');
    expect(code).toBe(0);
    for (const refusal of ['not-allowed', 'not-possible-here', 'precondition-required', 'own-proposal'])
      expect(stdout).toContain(`refused ${refusal}`);
    expect(stdout).toMatch(/Proposed summary \(trích yếu\): "Về thực hiện giao dịch điện tử trong hoạt động/);
    expect(stdout).toMatch(/archived: .*"issued"/);
    expect(stdout).toMatch(/archived: .*"appointed"/);
    expect(stdout.trim().split('\n').at(-1)).toMatch(/^Verified: \d+ entries of 2 instances, nothing wrong/);
    const { code: verified, report } = await verifyJson(folder);
    expect(verified).toBe(0);
    expect(report).toEqual({ ok: true, entries: 21, problems: [] });

    const [, instance = ''] = /Instance ([0-9a-f-]{36})\./.exec(stdout) ?? [];
    await checkReplay(folder, instance);
    await checkTampering(folder, instance);
  });
});

test('verify says in one sentence that there is no record, and makes none', async () => {
  await inFolder(async (folder) => {
    const { code, stderr } = await runHere(['verify'], { env: environment(folder) });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no data folder .*data\./);
    expect(() => statSync(join(folder, 'data'))).toThrow();
  });
});

async function checkReplay(folder: string, instance: string): Promise<void> {
  const env = environment(folder);
  const asJson = await runHere(['replay', instance, '--format', 'json'], { env });
  expect(asJson.code).toBe(0);
  const { ok, steps } = JSON.parse(asJson.stdout) as { ok: boolean; steps: Record<string, unknown>[] };
  expect(ok).toBe(true);
  expect(steps.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(steps[5]).toMatchObject({
    entry: { event: 'approving', gate: { verdict: 'approve', outcome: 'approved' } },
    changed: { summarySource: 'agent', urgency: 'normal' },
    state: { value: 'numbering' },
  });
  const asText = await runHere(['replay', instance, '--to', '2', '--context'], { env });
  expect(asText.code).toBe(0);
  expect(asText.stdout).toMatch(/ 2 {2}2\S+Z {2}person:do-thi-phong-theo event edit/);
  expect(asText.stdout).not.toContain('person:ngo-van-thi-du');
  expect((await runHere(['replay', '01900000-0000-7000-8000-000000000000'], { env })).code).toBe(1);
  expect((await runHere(['replay', 'no-instance'], { env })).code).toBe(1);
  expect((await runHere(['replay', instance, '--to', 'last'], { env })).code).toBe(2);
}

/** One byte of one entry, changed with all the rights there are. */
async function checkTampering(folder: string, instance: string): Promise<void> {
  const database = await startEmbedded(join(folder, 'data'));
  const sql = postgres({ ...toConnectionOptions(database.address), max: 1 });
  await sql`set session_replication_role = replica`;
  const changed = await sql`
    update ledger.entries set text = replace(text, '"verdict":"approve"', '"verdict":"approvf"')
    where instance = ${instance} and seq = 6`;
  expect(changed.count).toBe(1);
  await sql.end();
  await database.stop();
  const { code, report } = await verifyJson(folder);
  expect(code).toBe(1);
  expect(report).toMatchObject({ ok: false, entries: 21 });
  expect(report.problems[0]).toEqual({
    instance,
    seq: 6,
    code: 'entry-altered',
    message: expect.any(String),
  });
  const asText = await runHere(['verify'], { env: environment(folder) });
  expect(asText.stdout).toContain(`${instance}#6 entry-altered`);
  expect((await runHere(['replay', instance], { env: environment(folder) })).code).toBe(1);
}
