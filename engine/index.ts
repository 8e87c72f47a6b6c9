/** The engine's face: the only engine file that the API, the command line and the bench import. */

// Definitions.
export type { CompiledProcess, Position } from './definition/compiled-process.ts';
export {
  type GraphState,
  type GraphTransition,
  type ProcessGraph,
  processGraph,
} from './definition/process-graph.ts';
export { toMermaid } from './definition/to-mermaid.ts';
export { toXStateJson } from './definition/to-xstate-json.ts';
// What a change of a definition means.
export {
  type DefinitionsCompared,
  diffDefinitions,
  type NamedDefinition,
  processOf,
} from './difference/diff-definitions.ts';
export type { Difference, Place } from './difference/difference.ts';
export { differenceKinds } from './difference/difference-codes.ts';
export { readStateMap, type StateMapRead, writeStateMap } from './difference/state-map-file.ts';
export {
  type SuggestedMap,
  type SuggestedState,
  suggestStateMap,
} from './difference/suggest-state-map.ts';
// The pure core.
export { canonicalJson } from './evidence/canonical-json.ts';
export { sealEntry } from './evidence/seal-entry.ts';
// The ledger.
export {
  type DatabaseAddress,
  fromDatabaseUrl,
  toConnectionOptions,
  toDatabaseUrl,
} from './ledger/database-address.ts';
export { engineAddress } from './ledger/engine-address.ts';
export type {
  InstanceSummary,
  Ledger,
  RequestName,
  StepToCommit,
  StoredDefinition,
  StoredEntry,
  StoredKey,
} from './ledger/ledger.ts';
export { LedgerUnavailable } from './ledger/ledger.ts';
export { openLedger } from './ledger/open-ledger.ts';
export { type Principal, toDirectory, type Unit } from './oversight/directory.ts';
export { type EntryKind, isNameless } from './oversight/edit-directory.ts';
export type { WantedUser } from './oversight/provision-users.ts';
export type {
  ProvisionedGroup,
  ProvisionedUser,
  ProvisioningChange,
  ProvisioningRefusal,
  ProvisioningView,
} from './oversight/provisioning.ts';
export { refuseProvisioning, roleNameOf } from './oversight/provisioning-rules.ts';
export { readDirectory } from './oversight/read-directory.ts';
// Pictures.
export { type DrawOptions, drawPicture, pictureSize } from './picture/draw-picture.ts';
export { pointsOnPaper } from './picture/layout-manners.ts';
export type { PictureWording } from './picture/picture-content.ts';
export type { PictureGeometry } from './picture/picture-geometry.ts';
export type { PictureCoverage, Unproven } from './picture/picture-marks.ts';
export type { Theme } from './picture/picture-theme.ts';
export type { Language } from './picture/picture-words.ts';
export type { PicturedProcess } from './picture/pictured-process.ts';
export { EmbeddedProblem } from './run/embedded/embedded-problem.ts';
// Running it.
export type * from './run/engine-contract.ts';
export { scopes } from './run/engine-contract.ts';
export type * from './run/factor-contract.ts';
export { issueFirstKey } from './run/issue-first-key.ts';
export { keyHashOf, proofOf } from './run/key-proof.ts';
export { layOutGraph } from './run/lay-out-graph.ts';
export { type SessionRules, usualSessionRules } from './run/manage-sessions.ts';
export { type EngineOptions, openEngine } from './run/open-engine.ts';
export { type House, type HouseOptions, openHouse, shippedProcesses } from './run/open-house.ts';
export { type OpenRecord, openRecord } from './run/open-record.ts';
export { openScratchLedger, type ScratchLedger } from './run/open-scratch-ledger.ts';
export { type ReplayedRecord, type ReplayedStep, replayRecord } from './run/replay-record.ts';
export { runScenarios } from './run/run-scenarios.ts';
export { readSettings, type Settings, type SettingsProblem, settingNames } from './run/settings.ts';
export type { SignInSettings } from './run/sign-in-settings.ts';
export { StartProblem } from './run/start-problem.ts';
export { type RecordReport, verifyRecord } from './run/verify-record.ts';
export { comparePlays } from './scenario/compare-plays.ts';
// Scenario tests.
export {
  type Coverage,
  type CoverageCount,
  type CoverageReport,
  coverageOf,
  reportCoverage,
  type Uncovered,
} from './scenario/coverage.ts';
export { generateScenarios } from './scenario/generate-scenarios.ts';
export { loadSuite, type NamedSource, type SuiteLoaded } from './scenario/load-suite.ts';
export { madeUpDirectory } from './scenario/made-up-cast.ts';
export type { Failure, Play } from './scenario/play-scenario.ts';
export { runInMemory, type ScenarioResult } from './scenario/run-in-memory.ts';
export type { Scenario, ScenarioSuite } from './scenario/scenario.ts';
export { writeScenarioFile } from './scenario/write-scenario-file.ts';
export type { Destination, Destinations } from './step/destination.ts';
export type { StateMap } from './step/map-states.ts';
export { nextStep, type Standing } from './step/next-step.ts';
export { replayInstance } from './step/replay-instance.ts';
export type { Considered, Effect, Refusal, Step } from './step/step.ts';
export type { ProposalSubmission, Stimulus, Verdict } from './step/stimulus.ts';
export type { HeldProposal, StoredState } from './step/stored-state.ts';
export { type Problem, verifyInstance } from './step/verify-instance.ts';
export { checkDirectory } from './verify/check-directory.ts';
export type { Counterexample, CounterexampleStep } from './verify/counterexample.ts';
export { fixDefinition } from './verify/fix-definition.ts';
export { type LintResult, lintDefinition } from './verify/lint-definition.ts';
