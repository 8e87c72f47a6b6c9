/** `countersign lint --watch`: lints whenever a file changes, until it is interrupted. */
import { once } from 'node:events';
import { readDefinitionFiles, type SourceFile } from './definition-files.ts';
import { FileLinter } from './lint-files.ts';
import { Misuse } from './misuse.ts';
import { count, printFindings, summariseFindings } from './print-findings.ts';
import { paint, plain } from './terminal.ts';
import { PathWatcher } from './watch-paths.ts';

/** Resolves on Ctrl-C, to the exit code of the last run. */
export async function watchLint(
  paths: readonly string[],
  lint: ConstructorParameters<typeof FileLinter>[0],
): Promise<number> {
  const linter = new FileLinter(lint);
  let before: Seen | null = null;
  let code = 0;
  const run = () => {
    watcher.watch();
    const seen = look(paths);
    const changes = before === null ? [] : changesBetween(before, seen);
    if (before !== null && changes.length === 0) return;
    before = seen;
    for (const change of changes) console.log(paint('dim', plain(change)));
    code = report(seen, linter);
  };
  const watcher = new PathWatcher(paths, run);
  run();
  console.log(`Watching ${count(paths.length, 'path')} for changes. Ctrl-C ends.`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  watcher.close();
  return code;
}

/** The files, or why they cannot be read. */
type Seen = { readonly files: readonly SourceFile[]; readonly problem: string | null };

function look(paths: readonly string[]): Seen {
  try {
    return { files: readDefinitionFiles(paths), problem: null };
  } catch (error) {
    if (error instanceof Misuse) return { files: [], problem: error.message };
    // A file can go between being listed and being read.
    if (error instanceof Error && 'code' in error) return { files: [], problem: error.message };
    throw error;
  }
}

function changesBetween(before: Seen, after: Seen): readonly string[] {
  if (after.problem !== null) return after.problem === before.problem ? [] : ['Something is missing.'];
  const earlier = new Map(before.files.map(({ file, source }) => [file, source]));
  const later = new Set(after.files.map(({ file }) => file));
  const changed = after.files.filter(({ file, source }) => earlier.get(file) !== source);
  const removed = before.files.filter(({ file }) => !later.has(file));
  return [
    ...changed.map(({ file }) => `${earlier.has(file) ? 'Changed' : 'New'}: ${file}`),
    ...removed.map(({ file }) => `Removed: ${file}`),
  ];
}

/** Prints what there is to say; the exit code it stands for. */
function report({ files, problem }: Seen, linter: FileLinter): number {
  if (problem !== null) {
    console.log(paint('red', plain(problem)));
    return 2;
  }
  const findings = linter.lint(files).flatMap(({ result }) => result.findings);
  printFindings(findings);
  console.log(summariseFindings(findings, files.length));
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}
