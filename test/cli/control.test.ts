import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { inFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';
import { endServers, environment, startServer, verifyJson } from './test-server.ts';

afterAll(endServers);

test('one person stops from the command line and two restart; a drill shows that it holds', async () => {
  await inFolder(async (folder) => {
    const { url } = await startServer(folder);
    const keys = JSON.parse(readFileSync(join(folder, 'data/demonstration-keys.json'), 'utf8')) as {
      [principal: string]: string;
    };
    const [first, second, officer] = [
      'person:ho-van-quan-mau',
      'person:le-minh-hoa',
      'person:do-thi-phong-theo',
    ];
    const as = (principal = '') => ({
      env: { ...environment(folder), COUNTERSIGN_URL: url, COUNTERSIGN_KEY: keys[principal] ?? '' },
    });
    const control = (who: string | undefined, ...words: string[]) => runHere(['control', ...words], as(who));
    const reason = ['--reason', 'It errs.'];

    const scope = ['--process', 'outgoing-document'];
    const stopped = await control(first, 'stop', ...scope, ...reason, '--format', 'json');
    expect(stopped).toMatchObject({ code: 0, stderr: '' });
    const { id, setBy } = JSON.parse(stopped.stdout) as { id: string; setBy: string };
    expect(setBy).toBe(first);
    const [list, none, scopeless, confirmed] = await Promise.all([
      control(first, 'list'),
      control(officer, 'stop', ...scope, ...reason),
      control(first, 'stop', ...reason),
      control(second, 'confirm', id),
    ]);
    expect(list.stdout).toMatch(
      /stopped {2}process outgoing-document\n {4}by .+: It errs\.\n.+nobody has asked/,
    );
    expect([none.code, scopeless.code, confirmed.code]).toEqual([1, 2, 1]);
    expect((await control(first, 'lift', id, ...reason)).stdout).toContain('another person confirms');
    expect((await control(first, 'confirm', id)).stderr).toContain('You asked for it yourself');
    expect((await control(second, 'confirm', id)).stdout).toContain('lifted: person:le-minh-hoa');
    expect((await control(first, 'list')).stdout).toBe('Nothing is paused or stopped.\n');

    const started = await fetch(`${url}/v1/instances`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys[officer]}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        process: 'outgoing-document',
        data: { document: { title: 'A title', text: 'A text.' } },
      }),
    });
    const { instance } = (await started.json()) as { instance: string };
    const others = ['--second-key', keys[second] ?? '', '--acting-key', keys[officer] ?? ''];
    const [drilled, never] = await Promise.all([
      control(first, 'drill', instance, '--event', 'submit', ...others),
      control(first, 'drill', instance, '--event', 'approved', ...others),
    ]);
    expect(drilled).toMatchObject({ code: 0, stderr: '' });
    expect(drilled.stdout).toMatch(/stood still \d+ ms .*\n.*refused\.\n.*lifted it in \d+ ms/);
    expect([never.code, never.stderr]).toEqual([1, expect.stringContaining('Nothing was stopped.')]);
    expect((await control(first, 'list', '--all')).stdout).toMatch(/instance .+ {2}\(drill\)/);
    expect((await verifyJson(folder)).report.ok).toBe(true);
  });
});
