import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { pages, prose, root } from './support/pages.ts';

const packageFile = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};

/** Every command of the command line, such as `key create`, and the text of its help. */
const helps = new Map<string, string>();

beforeAll(async () => {
  await learn([]);
}, 120_000);

async function learn(words: readonly string[]): Promise<void> {
  // A line of a description that looks like a command would be asked for its own help, without end.
  if (words.length > 2) throw new Error(`There is no command as deep as "${words.join(' ')}".`);
  const script = join(root, 'cli/countersign.js');
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...words, '--help'], { cwd: root });
  if (words.length > 0) helps.set(words.join(' '), stdout);
  const list = /\nCommands:\n([\s\S]*?)(?:\n\n|$)/.exec(stdout)?.[1] ?? '';
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  await Promise.all(names.filter((name) => name !== 'help').map((name) => learn([...words, name])));
}

test('every command and option of Countersign that the docs use exists', () => {
  const used = commandsUsed();
  expect(used.length).toBeGreaterThan(15);
  const wrong = used.flatMap(({ place, words, options }) => {
    const command = [words.slice(0, 2).join(' '), words[0] ?? ''].find((name) => helps.has(name));
    if (command === undefined) return [`${place}: there is no command "${words[0]}"`];
    const help = helps.get(command) ?? '';
    return options
      .filter((option) => !new RegExp(`(^|[\\s,])${option}\\b`, 'm').test(help))
      .map((option) => `${place}: "${command}" has no option ${option}`);
  });
  expect(wrong).toEqual([]);
});

test('every command of Countersign is in the docs', () => {
  const used = commandsUsed().map(({ words }) => words.join(' '));
  const leaves = [...helps.keys()].filter(
    (name) => ![...helps.keys()].some((other) => other.startsWith(`${name} `)),
  );
  const scripts = pages.flatMap(({ text }) =>
    [...text.matchAll(/\bnpm run (\w+)/g)].map(([, name = '']) => name),
  );
  const unnamed = leaves.filter(
    (name) =>
      !used.some((words) => words === name || words.startsWith(`${name} `)) && !scripts.includes(name),
  );
  expect(unnamed).toEqual([]);
});

test('every npm command in the docs exists', () => {
  const wrong = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/(?:`|^|&& )npm (run )?([a-z:]+)/gm)]
      .filter(([, run, name = '']) =>
        run === undefined ? !['ci', 'start', 'test'].includes(name) : packageFile.scripts[name] === undefined,
      )
      .map(([whole]) => `${path}: ${whole}`),
  );
  expect(wrong).toEqual([]);
});

test('every exit code that the prose of the docs promises for verify and lint is 0, 1 or 2', () => {
  const codes = pages.flatMap((page) =>
    [...prose(page).matchAll(/exit code(?: is)? (\d)/gi)].map(([, code]) => code),
  );
  expect(codes.length).toBeGreaterThan(2);
  expect(codes.filter((code) => !['0', '1', '2'].includes(code ?? ''))).toEqual([]);
});

interface CommandUsed {
  readonly place: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

/** In blocks `node cli/countersign.js COMMAND`, in prose `countersign COMMAND` between backticks. */
function commandsUsed(): CommandUsed[] {
  return pages.flatMap((page) => [
    ...page.blocks.flatMap(({ place, text, info }) =>
      info !== 'sh'
        ? []
        : [...text.matchAll(/cli\/countersign\.js (.+)/g)].map(([, rest = '']) => taken(place, rest)),
    ),
    ...[...prose(page).matchAll(/`(?:node cli\/countersign\.js|countersign) ([^`]+)`/g)]
      .filter(([, rest = '']) => /^[a-z]/.test(rest))
      .map(([, rest = '']) => taken(page.path, rest)),
  ]);
}

function taken(place: string, rest: string): CommandUsed {
  const parts =
    rest
      .split(/[|>&]|\|\|/)[0]
      ?.trim()
      .split(/\s+/) ?? [];
  const words = parts.filter((part) => /^[a-z]+$/.test(part));
  return { place, words, options: parts.filter((part) => part.startsWith('--')) };
}
