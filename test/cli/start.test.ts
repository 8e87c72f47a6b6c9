import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { inFolder, pretendOld, runCli, startCli } from './run-cli.ts';
import { runHere } from './run-here.ts';
import { endServers, environment, startServer } from './test-server.ts';

// Each plays whole stories in processes of their own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });
afterEach(endServers);

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

test('definitions are deployed and keys managed on a running server', async () => {
  await inFolder(async (folder) => {
    const { url } = await startServer(folder);
    const file = join(folder, 'data', 'demonstration-keys.json');
    const keys = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
    const env = { COUNTERSIGN_URL: url, COUNTERSIGN_KEY: keys['person:ho-van-quan-mau'] ?? '' };

    const deployed = await runHere(['deploy', 'processes', '--format', 'json'], { env });
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
    const refused = await runHere(['deploy', 'demo/directory.yaml'], { env });
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/^demo\/directory\.yaml:\d+:\d+ error /);

    const made = await runHere(
      ['key', 'create', 'service:phong-tong-hop', '--scope', 'start,read', '--format', 'json'],
      { env },
    );
    expect(made.code).toBe(0);
    const { id, secret } = JSON.parse(made.stdout) as { id: string; secret: string };
    const useKey = () => fetch(`${url}/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await useKey()).status).toBe(200);
    expect((await runHere(['key', 'list'], { env })).stdout).toContain(id);
    expect((await runHere(['key', 'revoke', id], { env })).code).toBe(0);
    expect((await useKey()).status).toBe(401);

    const clerk = { ...env, COUNTERSIGN_KEY: keys['person:ngo-van-thi-du'] ?? '' };
    const notAllowed = await runHere(['deploy', 'processes'], { env: clerk });
    expect(notAllowed.code).toBe(1);
    expect(notAllowed.stderr.trim().split('\n')).toHaveLength(1);
  });
});
