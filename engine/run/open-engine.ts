/** Puts the engine together over an open ledger. It opens no connection and starts no server itself. */
import type { Ledger } from '../ledger/ledger.ts';
import { authenticatingDoors } from './authenticate.ts';
import { callingDoors } from './call-agents.ts';
import { type Clock, systemClock } from './clock.ts';
import type { BatchWorld } from './command-batch.ts';
import { deployingDoors } from './deploy-definition.ts';
import { DirectoryCache } from './directory-cache.ts';
import type { Engine } from './engine-contract.ts';
import { whyDoors } from './explain-why.ts';
import { InstanceCache } from './instance-cache.ts';
import { accessTokenDoors } from './issue-access-token.ts';
import { directoryDoors } from './keep-directory.ts';
import { callbackDoors } from './manage-callbacks.ts';
import { controlDoors } from './manage-controls.ts';
import { factorDoors } from './manage-factors.ts';
import { keyDoors } from './manage-keys.ts';
import { type SessionRules, sessionDoors, usualSessionRules } from './manage-sessions.ts';
import { movingDoors } from './move-instance.ts';
import { ProcessCache } from './process-cache.ts';
import { provisioningDoors } from './provision.ts';
import { actDoors } from './read-acts.ts';
import { gateReadingDoors } from './read-gate.ts';
import { instanceReadingDoors } from './read-instance.ts';
import { openingDoors } from './read-opening.ts';
import { StepQueue } from './step-queue.ts';
import { localStepUp, type StepUp } from './step-up.ts';
import { watchingDoors } from './watch-reviewers.ts';

export interface EngineOptions {
  readonly ledger: Ledger;
  readonly clock?: Clock;
  /** What passkeys and certificates are held to. */
  readonly stepUp?: StepUp;
  /** What it remembers of instances; one of size 0 makes it read the state before every step. */
  readonly instances?: InstanceCache;
  readonly sessions?: SessionRules;
  /** Private networks in which agents may be called, such as `10.20.0.0/16`. */
  readonly callbackNetworks?: readonly string[];
  /** Told, in whole sentences, what whoever runs the server should know. */
  readonly report?: (sentence: string) => void;
}

export function openEngine({
  ledger,
  clock = systemClock,
  instances = new InstanceCache(),
  sessions = usualSessionRules,
  stepUp = localStepUp,
  callbackNetworks = [],
  report = () => undefined,
}: EngineOptions): Engine {
  const world: BatchWorld = {
    ledger,
    clock,
    processes: new ProcessCache(ledger),
    directory: new DirectoryCache(ledger, clock),
    instances,
    sessions,
    stepUp,
    report: reportOnce(report),
  };
  const queue = new StepQueue(world);
  const { stopCalling, ...calling } = callingDoors(world, callbackNetworks);
  return {
    ...authenticatingDoors(world),
    ...sessionDoors(world),
    ...accessTokenDoors(world),
    ...deployingDoors(world),
    ...movingDoors(world, queue),
    ...instanceReadingDoors(world),
    ...gateReadingDoors(world),
    ...openingDoors(world),
    ...actDoors(world),
    ...whyDoors(world),
    ...controlDoors(world),
    ...watchingDoors(world),
    ...directoryDoors(world),
    ...provisioningDoors(world),
    ...keyDoors(world),
    ...callbackDoors(world),
    ...calling,
    ...factorDoors(world),
    compiled: (hash) => world.processes.get(hash),
    async ready() {
      try {
        await ledger.directoryVersion();
        return true;
      } catch {
        return false;
      }
    },
    /** Lets what is under way finish, so that nobody is left without an answer. */
    async close() {
      await Promise.all([queue.idle(), stopCalling()]);
      await ledger.close();
    },
  };
}

/** What stays as it is is found at every turn; so many sentences are remembered, and then told anew. */
function reportOnce(report: (sentence: string) => void): (sentence: string) => void {
  const told = new Set<string>();
  return (sentence) => {
    if (told.has(sentence)) return;
    if (told.size >= 1000) told.clear();
    told.add(sentence);
    report(sentence);
  };
}
