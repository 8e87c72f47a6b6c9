/**
 * A scenario file with the files it names -> a suite that can be played, or findings. The files come from
 * whoever calls; this room reads none itself.
 */
import type { Finding } from '../../schemas/finding.ts';
import { FindingList } from '../definition/finding-list.ts';
import { findNode } from '../definition/read-source.ts';
import { readDirectory } from '../oversight/read-directory.ts';
import { lintDefinition } from '../verify/lint-definition.ts';
import type { People } from './assemble-cast.ts';
import { readScenarioFile, type ScenarioFileRead } from './read-scenario-file.ts';
import { resolveScenarios } from './resolve-scenarios.ts';
import type { ScenarioSuite } from './scenario.ts';

export interface NamedSource {
  /** As findings name it. */
  readonly file: string;
  readonly source: string;
}

/** The text that stands at a path as the scenario file writes it; null when there is none to be read. */
export type ReadBeside = (path: string) => NamedSource | null;

export interface SuiteLoaded {
  /** Null exactly when a finding is an error. */
  readonly suite: ScenarioSuite | null;
  readonly findings: readonly Finding[];
  /** The process definition, once it could be read. */
  readonly definition: NamedSource | null;
  /** The directory it names, and the ids of those in it; null when it names none. */
  readonly directory: { readonly file: string; readonly ids: ReadonlySet<string> } | null;
}

export function loadSuite({ file, source }: NamedSource, readBeside: ReadBeside): SuiteLoaded {
  const read = readScenarioFile(source, file);
  if (read.kind === 'refused')
    return { suite: null, findings: read.findings, definition: null, directory: null };
  const definition = readBeside(read.content.process);
  if (definition === null)
    return { suite: null, findings: missing(read, 'process'), definition, directory: null };
  const { process, findings, notRunning = [] } = lintDefinition(definition.source, definition.file);
  const refused = process === null ? errorsOf(findings) : notRunning;
  if (process === null || refused.length > 0)
    return { suite: null, findings: refused, definition, directory: null };
  const people = loadPeople(read, readBeside);
  if (people.findings !== null)
    return { suite: null, findings: people.findings, definition, directory: null };
  const resolved = resolveScenarios(read, process, people.people);
  if (resolved.kind === 'refused')
    return { suite: null, findings: resolved.findings, definition, directory: null };
  return { suite: resolved.suite, findings: [], definition, directory: people.directory };
}

interface PeopleLoaded {
  readonly people: People | null;
  readonly directory: SuiteLoaded['directory'];
  /** Null when all is well. */
  readonly findings: readonly Finding[] | null;
}

/** No people at all where the file names no directory: then the cast is everybody. */
function loadPeople(read: ScenarioFileRead, readBeside: ReadBeside): PeopleLoaded {
  const none = { people: null, directory: null };
  const path = read.content.directory;
  if (path === undefined) return { ...none, findings: null };
  const text = readBeside(path);
  if (text === null) return { ...none, findings: missing(read, 'directory') };
  const people = readDirectory(text.source, text.file);
  if (people.kind === 'refused') return { ...none, findings: people.findings };
  const ids = new Set(people.principals.map(({ id }) => id));
  return { people, directory: { file: text.file, ids }, findings: null };
}

function missing(
  { file, content, root }: ScenarioFileRead,
  member: 'process' | 'directory',
): readonly Finding[] {
  const findings = new FindingList(file);
  const message = `There is no file ${content[member]} to be read. Write its path as seen from this file.`;
  findings.error('no-such-file', findNode(root, [member]).node.position, message);
  return findings.sorted();
}

const errorsOf = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === 'error');
