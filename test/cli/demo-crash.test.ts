import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { inFolder, runCli, startCli } from './run-cli.ts';
import { endServers, environment, startServer, verifyJson } from './test-server.ts';

// Each plays whole stories in processes of their own, which a busy machine takes its time for.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });
afterEach(endServers);

test('P6: killed in the middle of the vote, the demonstration plays again and everything verifies', async () => {
  await inFolder(async (folder) => {
    const first = startCli(['demo'], { env: environment(folder) });
    await first.until(/votes against it/);
    first.child.kill('SIGKILL');
    await first.ended;
    const { report } = await verifyJson(folder);
    expect(report).toMatchObject({ ok: true, problems: [] });
    expect(report.entries).toBeGreaterThanOrEqual(14);
    const second = await runCli(['demo'], { env: environment(folder) });
    expect(second.code).toBe(0);
    const [, verified] = /Verified: (\d+) entries/.exec(second.stdout) ?? [];
    expect(Number(verified)).toBe(report.entries + 21);
  });
});

test('P6: with its database killed in the middle, the demonstration goes on to its end', async () => {
  await inFolder(async (folder) => {
    const demo = startCli(['demo'], { env: environment(folder) });
    await demo.until(/takes the request and proposes the summary/);
    const postmaster = readFileSync(join(folder, 'data/postgres/postmaster.pid'), 'utf8');
    process.kill(Number(postmaster.split('\n')[0]), 'SIGKILL');
    const { code, stdout } = await demo.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/Verified: 21 entries of 2 instances, nothing wrong/);
  });
});

test('P6: with the engine killed and started again in the middle, nothing is lost and nothing repeated', async () => {
  await inFolder(async (folder) => {
    const port = await freePort();
    const { cli, url } = await startServer(folder, port);
    const demo = startCli(['demo'], { env: environment(folder) });
    await demo.until(/takes the request and proposes the summary/);
    cli.child.kill('SIGKILL');
    await cli.ended;
    await startServer(folder, port);
    const { code, stdout } = await demo.ended;
    expect(stdout).toContain(`It plays on the server at ${url}`);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Verified: 21 entries of 2 instances, nothing wrong/);
    expect((await verifyJson(folder)).report).toMatchObject({ ok: true });
  });
});

function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
