import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { inFolder, pretendOld, type RunningCli, runCli, startCli } from './run-cli.ts';

const running = new Set<RunningCli>();
afterEach(async () => {
  for (const cli of running) {
    cli.child.kill('SIGTERM');
    await cli.ended;
  }
  running.clear();
});

function environment(folder: string): { readonly [name: string]: string } {
  return { PORT: '0', COUNTERSIGN_DATA: join(folder, 'data'), COUNTERSIGN_LOG: 'silent' };
}

async function startServer(folder: string): Promise<{ readonly cli: RunningCli; readonly url: string }> {
  const cli = startCli(['start'], { env: environment(folder) });
  running.add(cli);
  const [, url] = await cli.until(/^Countersign is ready at (http:\/\/127\.0\.0\.1:\d+)$/m);
  return { cli, url: url ?? '' };
}

const verifyJson = async (folder: string) => {
  const { code, stdout } = await runCli(['verify', '--format', 'json'], { env: environment(folder) });
  return { code, report: JSON.parse(stdout) as { ok: boolean; entries: number; problems: unknown[] } };
};

test('start serves, says where the demonstration keys are, and ends in good order', async () => {
  await inFolder(async (folder) => {
    const { cli, url } = await startServer(folder);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    const [, keysFile] = await cli.until(/whose keys are in\n {2}(.+)\n/);
    const keys = JSON.parse(readFileSync(keysFile ?? '', 'utf8')) as Record<string, string>;
    expect(statSync(keysFile ?? '').mode & 0o777).toBe(0o600);
    const me = await fetch(`${url}/v1/me`, {
      headers: { authorization: `Bearer ${keys['person:nguyen-van-mau']}` },
    });
    expect(await me.json()).toMatchObject({ principal: 'person:nguyen-van-mau', name: 'Nguyễn Văn Mẫu' });
    running.delete(cli);
    cli.child.kill('SIGTERM');
    expect((await cli.ended).code).toBe(0);
  });
});

test('a server whose launcher on an old Node was killed does not go on behind its back', async () => {
  await inFolder(async (folder) => {
    const cli = startCli(['start'], { env: environment(folder), node: pretendOld });
    const [, url] = await cli.until(/^Countersign is ready at (http:\S+)$/m);
    cli.child.kill('SIGKILL');
    await cli.ended;
    await expect(fetch(`${url}/readyz`)).rejects.toThrow();
    // Whatever it left is taken over without a word.
    await startServer(folder);
  });
});

test('a second start on one data folder ends at once with one sentence, and the first goes on', async () => {
  await inFolder(async (folder) => {
    const { url } = await startServer(folder);
    const second = await runCli(['start'], { env: environment(folder) });
    expect(second.code).toBe(1);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(second.stderr).toContain(url);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

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
    expect(report).toEqual({ ok: true, entries: expect.any(Number), problems: [] });
  });
});

test('P6: killed in the middle, the demonstration plays again and everything verifies', async () => {
  await inFolder(async (folder) => {
    const first = startCli(['demo'], { env: environment(folder) });
    await first.until(/takes the request and proposes the summary/);
    first.child.kill('SIGKILL');
    await first.ended;
    const { report } = await verifyJson(folder);
    expect(report).toMatchObject({ ok: true, problems: [] });
    expect(report.entries).toBeGreaterThanOrEqual(4);
    const second = await runCli(['demo'], { env: environment(folder) });
    expect(second.code).toBe(0);
    expect(second.stdout).toMatch(/of 3 instances, nothing wrong/);
  });
});

test('the demonstration plays on the server that runs already, and verify reads beside it', async () => {
  await inFolder(async (folder) => {
    const { url } = await startServer(folder);
    const { code, stdout } = await runCli(['demo'], { env: environment(folder) });
    expect(stdout).toContain(`It plays on the server at ${url}`);
    expect(code).toBe(0);
    expect((await verifyJson(folder)).report).toMatchObject({ ok: true });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

test('definitions are deployed and keys managed on a running server', async () => {
  await inFolder(async (folder) => {
    const { url } = await startServer(folder);
    const file = join(folder, 'data', 'demonstration-keys.json');
    const keys = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const env = { COUNTERSIGN_URL: url, COUNTERSIGN_KEY: keys['person:ho-van-quan-mau'] ?? '' };

    const deployed = await runCli(['deploy', 'processes', '--format', 'json'], { env });
    expect(deployed.code).toBe(0);
    expect(JSON.parse(deployed.stdout)).toMatchObject([
      {
        file: 'processes/outgoing-document.yaml',
        deployed: true,
        process: 'outgoing-document',
        findings: [],
      },
      { file: 'processes/personnel-appointment.yaml', deployed: true },
    ]);
    const refused = await runCli(['deploy', 'demo/directory.yaml'], { env });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^demo\/directory\.yaml:\d+:\d+ error /);

    const made = await runCli(
      ['key', 'create', 'service:phong-tong-hop', '--scope', 'start,read', '--format', 'json'],
      { env },
    );
    expect(made.code).toBe(0);
    const { id, secret } = JSON.parse(made.stdout) as { id: string; secret: string };
    const useKey = () => fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await useKey()).status).toBe(200);
    expect((await runCli(['key', 'list'], { env })).stdout).toContain(id);
    expect((await runCli(['key', 'revoke', id], { env })).code).toBe(0);
    expect((await useKey()).status).toBe(401);

    const clerk = { ...env, COUNTERSIGN_KEY: keys['person:ngo-van-thi-du'] ?? '' };
    const notAllowed = await runCli(['deploy', 'processes'], { env: clerk });
    expect(notAllowed.code).toBe(1);
    expect(notAllowed.stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('verify says in one sentence that there is no record, and makes none', async () => {
  await inFolder(async (folder) => {
    const { code, stderr } = await runCli(['verify'], { env: environment(folder) });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^There is no data folder .*data\./);
    expect(() => statSync(join(folder, 'data'))).toThrow();
  });
});
