/**
 * The one door into definitions: YAML text in, findings out, and, when none of them is an error, the
 * process ready to run and the certificate that its oversight is proven. Whatever the text is, the answer
 * is findings; nothing is ever thrown at whoever hands in a file.
 */
import type { Finding } from '../../schemas/finding.ts';
import { checkCertificate } from '../certificate-check/check-certificate.ts';
import { checkShape } from '../definition/check-shape.ts';
import { compileProcess, describeProcess } from '../definition/compile-process.ts';
import type { CompiledProcess, UnprovenProcess } from '../definition/compiled-process.ts';
import { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, modelDefinition } from '../definition/model-definition.ts';
import { readSource } from '../definition/read-source.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import { buildAnalysisGraph } from './analysis-graph.ts';
import { writeCertificate } from './certificate.ts';
import { checkCandidates } from './check-candidates.ts';
import { checkCircles } from './check-circles.ts';
import { checkDeclarations } from './check-declarations.ts';
import { checkFlow, checkGatesHaveProposals } from './check-flow.ts';
import { checkPeople } from './check-people.ts';
import { checkRunning, refusalsToRun } from './check-running.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkSeveral } from './check-several.ts';
import { checkStates } from './check-states.ts';
import { checkUnsetReads } from './check-unset-reads.ts';
import { checkWaysAroundGates } from './check-ways-around-gates.ts';
import { checkWork } from './check-work.ts';
import type { Counterexample } from './counterexample.ts';
import { proveOversight } from './prove-oversight.ts';

export interface LintResult {
  /** Null exactly when a finding is an error; so is `certificate`. */
  readonly process: CompiledProcess | null;
  /** Canonical JSON. */
  readonly certificate: string | null;
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  /** Only where the proof found ways past a gate: one for each of those findings. */
  readonly counterexamples?: readonly Counterexample[];
  /** Only where nothing but the proof failed: what can be drawn and explained, and cannot run. */
  readonly unproven?: UnprovenProcess;
  /** Only where this release does not run all of it: why it is not deployed and not played, as errors. */
  readonly notRunning?: readonly Finding[];
}

/** `file` is only named in the findings. */
export function lintDefinition(source: string, file: string): LintResult {
  const findings = new FindingList(file);
  const refused = (): LintResult => ({ process: null, certificate: null, findings: findings.sorted() });
  const root = readSource(source, findings);
  if (root === null) return refused();
  const definition = checkShape(root, findings);
  if (definition === null) return refused();
  const model = modelDefinition(definition, root, findings);
  checkDeclarations(model, findings);
  checkStates(model, findings);
  checkCandidates(model, findings);
  checkPeople(model, findings);
  checkSeveral(model, findings);
  checkWork(model, findings);
  checkSchedule(model, findings);
  if (findings.errors > 0) return refused();
  const graph = buildAnalysisGraph(model);
  checkFlow(model, graph, findings);
  checkCircles(graph, findings);
  checkUnsetReads(model, graph, findings);
  checkRunning(model, findings);
  const { facts, counterexamples: undecided } = proveOversight(model, graph, findings);
  const counterexamples = [...undecided, ...checkWaysAroundGates(model, graph, findings)];
  const hash = sha256Hex(source);
  if (facts === null || findings.errors > 0) {
    return {
      ...notProven(model, hash, findings),
      ...(counterexamples.length > 0 ? { counterexamples } : {}),
    };
  }
  checkGatesHaveProposals(model, graph, findings);
  const process = compileProcess(model, hash);
  const certificate = writeCertificate(hash, facts, graph);
  const doubt = checkCertificate(process, certificate);
  if (doubt !== null) {
    findings.error(
      'oversight-not-proven',
      model.source.position,
      `The second checker does not accept the proof, because ${doubt}. Write that place more plainly.`,
    );
    return notProven(model, hash, findings);
  }
  const notRunning = refusalsToRun(model, file);
  const result = { process, certificate, findings: findings.sorted() };
  return notRunning.length === 0 ? result : { ...result, notRunning };
}

/** Refused; where other errors are mended already, with what can be shown of it. */
function notProven(model: DefinitionModel, hash: string, findings: FindingList): LintResult {
  const sorted = findings.sorted();
  const others = sorted.some(({ code, severity }) => severity === 'error' && code !== 'oversight-not-proven');
  return {
    process: null,
    certificate: null,
    findings: sorted,
    ...(others ? {} : { unproven: describeProcess(model, hash) }),
  };
}
