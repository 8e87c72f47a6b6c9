/** What the words under a gate's `exclude` mean, where they are more than one word. */
import type { Gate } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';

const ofGate = 'gate:';
const ofField = 'drafter:';

/** The gates whose reviewers do not decide here. */
export function excludedGates({ exclude = [] }: Gate): readonly string[] {
  return exclude.filter((one) => one.startsWith(ofGate)).map((one) => one.slice(ofGate.length));
}

/** The fields whose drafters do not decide here. */
export function excludedDrafts({ exclude = [] }: Gate): ReadonlySet<string> | 'all' {
  if (exclude.includes('drafter')) return 'all';
  return new Set(exclude.filter((one) => one.startsWith(ofField)).map((one) => one.slice(ofField.length)));
}

/** A definition never changes, so this is found once. */
const known = new WeakMap<CompiledProcess, ReadonlySet<string> | 'all'>();

/** The fields of which the state keeps who wrote them: those that some gate of the process asks for. */
export function keptDrafts(process: CompiledProcess): ReadonlySet<string> | 'all' {
  const found = known.get(process) ?? findKept(process);
  known.set(process, found);
  return found;
}

function findKept(process: CompiledProcess): ReadonlySet<string> | 'all' {
  const fields = new Set<string>();
  for (const { gate } of process.gates.values()) {
    const drafts = excludedDrafts(gate);
    if (drafts === 'all') return 'all';
    for (const field of drafts) fields.add(field);
  }
  return fields;
}
