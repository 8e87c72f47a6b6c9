import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';
import { endServers, environment, startServer } from './test-server.ts';

afterAll(endServers);

test('why tells a person what they may do and who else could, and its exit code tells a script', async () => {
  await inFolder(async (folder) => {
    const { url } = await startServer(folder);
    const keys = JSON.parse(readFileSync(join(folder, 'data/demonstration-keys.json'), 'utf8')) as {
      [principal: string]: string;
    };
    const as = (principal: string) => ({
      env: { ...environment(folder), COUNTERSIGN_URL: url, COUNTERSIGN_KEY: keys[principal] ?? '' },
    });
    const officer = 'person:do-thi-phong-theo';
    const started = await fetch(`${url}/v1/instances`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys[officer]}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        process: 'outgoing-document',
        data: { document: { title: 'A title', text: 'A text.' } },
      }),
    });
    const { instance } = (await started.json()) as { instance: string };

    const all = await runHere(['why', instance], as(officer));
    expect(all).toMatchObject({ code: 0, stderr: '' });
    expect(all.stdout).toMatch(
      /^outgoing-document .* at entry 1, asked for .* \(person:do-thi-phong-theo\)$/m,
    );
    expect(all.stdout).toMatch(/^✓ may {2}event submit$/m);
    expect(all.stdout).toMatch(/^ {4}could: /m);

    const may = await runHere(['why', instance, '--event', 'submit'], as(officer));
    expect(may.code).toBe(0);
    const mayNot = await runHere(['why', instance, '--event', 'approved', '--format', 'json'], as(officer));
    expect(mayNot.code).toBe(1);
    expect(JSON.parse(mayNot.stdout)).toMatchObject({
      instance,
      answers: [{ name: 'approved', allowed: false }],
    });

    const others = await runHere(['why', instance, '--principal', 'person:nguyen-van-mau'], as(officer));
    expect(others.code).toBe(1);
    expect(others.stderr).toContain('only to auditors and to whoever is responsible');
    expect((await runHere(['why'])).code).toBe(2);
  });
});
