/** `countersign lint --watch`: lints whenever a file changes, until it is interrupted. */
import { once } from 'node:events';
import { readDefinitionFiles, readText, type SourceFile } from './definition-files.ts';
import { directoryFindings, type Engine, FileLinter } from './lint-files.ts';
import { Misuse } from './misuse.ts';
import { count, printFindings, summariseFindings } from './print-findings.ts';
import { paint, plain } from './terminal.ts';
import { PathWatcher } from './watch-paths.ts';

/** Resolves on Ctrl-C, to the exit code of the last run. */
export async function watchLint(
  paths: readonly string[],
  directory: string | null,
  engine: Engine,
): Promise<number> {
  const linter = new FileLinter(engine);
  const watched = directory === null ? paths : [...paths, directory];
  let before: Seen | null = null;
  let code = 0;
  const run = () => {
    watcher.watch();
    const seen = look(paths, directory);
    const changes = before === null ? [] : changesBetween(before, seen);
    if (before !== null && changes.length === 0) return;
    before = seen;
    for (const change of changes) console.log(paint('dim', plain(change)));
    code = report(seen, linter, engine);
  };
  const watcher = new PathWatcher(watched, run);
  run();
  console.log(`Watching ${count(watched.length, 'path')} for changes. Ctrl-C ends.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  watcher.close();
  return code;
}

/** The files, or why they cannot be read. */
interface Seen {
  readonly files: readonly SourceFile[];
  readonly directory: SourceFile | null;
  readonly problem: string | null;
}

function look(paths: readonly string[], directory: string | null): Seen {
  try {
    const files = readDefinitionFiles(paths);
    const held = directory === null ? null : { file: directory, source: readText(directory) };
    return { files, directory: held, problem: null };
  } catch (error) {
    // A file can go between being listed and being read.
    const told = error instanceof Misuse || (error instanceof Error && 'code' in error);
    if (told) return { files: [], directory: null, problem: error.message };
    throw error;
  }
}

function changesBetween(before: Seen, after: Seen): readonly string[] {
  if (after.problem !== null) return after.problem === before.problem ? [] : ['Something is missing.'];
  const earlier = new Map(allOf(before).map(({ file, source }) => [file, source]));
  const later = new Set(after.files.map(({ file }) => file));
  const changed = allOf(after).filter(({ file, source }) => earlier.get(file) !== source);
  const removed = before.files.filter(({ file }) => !later.has(file));
  return [
    ...changed.map(({ file }) => `${earlier.has(file) ? 'Changed' : 'New'}: ${file}`),
    ...removed.map(({ file }) => `Removed: ${file}`),
  ];
}

function allOf({ files, directory }: Seen): readonly SourceFile[] {
  return directory === null ? files : [...files, directory];
}

/** Prints what there is to say; the exit code it stands for. */
function report({ files, directory, problem }: Seen, linter: FileLinter, engine: Engine): number {
  if (problem !== null) {
    console.log(paint('red', plain(problem)));
    return 2;
  }
  const ofFiles = linter.lint(files, directory).flatMap(({ result }) => result.findings);
  const findings = [...directoryFindings(engine, directory), ...ofFiles];
  printFindings(findings);
  console.log(summariseFindings(findings, files.length));
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
