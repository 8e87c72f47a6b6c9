/**
 * Answers "why?": for a principal and an instance, what they may do now and by which rule, what is missing
 * where they may not, and who could. It asks the functions that would act, so it never says other than they do.
 */
import type { Allow, Title } from '../../schemas/process-definition.ts';
import type { CompiledTransition } from '../definition/compiled-process.ts';
import { authoritiesOf } from '../oversight/authorities.ts';
import { controlInTheWay, explainControl } from '../oversight/controls.ts';
import { couldMatch } from '../oversight/could-match.ts';
import type { ActorSnapshot, Principal } from '../oversight/directory.ts';
import { explainAllow } from '../oversight/explain-allow.ts';
import { permits } from '../oversight/permits.ts';
import { candidatesFor } from '../step/explain-candidates.ts';
import { rosterScope } from '../step/scope.ts';
import type { Considered, Refusal } from '../step/step.ts';
import { engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Answer, Engine, Who, Why, WhyAnswer } from './engine-contract.ts';
import { loadReadable, type Readable } from './load-readable.ts';
import { gateViewOf, refusalsAtGate } from './read-gate.ts';
import { stateTitle, titleOfEvent } from './read-instance.ts';
import { refuse } from './refuse.ts';
import { isAllowed, tryEvent } from './try-event.ts';

/** Whoever could is tried one by one, so there is an end to it. */
const mostTried = 200;
const mostNamed = 20;

export function whyDoors(world: BatchWorld): Pick<Engine, 'why'> {
  return {
    async why(caller, { instance, principal: asked, event }) {
      const readable = await loadReadable(world, caller, instance);
      if (isRefusal(readable)) return readable;
      const principal = whomToExplain(readable, asked ?? readable.principal.id);
      if (isRefusal(principal)) return principal;
      const answers = [
        ...eventAnswers(world, readable, principal, event),
        ...(event === undefined
          ? [...gateAnswers(world, readable, principal), ...requestAnswers(world, readable, principal)]
          : []),
      ];
      return { kind: 'done', value: toWhy(readable, principal, answers) } satisfies Answer<Why>;
    },
  };
}

/** About themselves anybody may ask; about others only who answers for the instance, and auditors. */
function whomToExplain(
  { principal: reader, actor, state, directory }: Readable,
  id: string,
): Principal | Refusal {
  if (id === reader.id) return reader;
  const answersForIt = reader.kind === 'person' && state.responsible.includes(actor.person);
  if (!answersForIt && !(reader.kind === 'person' && reader.roles.includes(engineRoles.audit))) {
    return refuse(
      'not-allowed',
      'What others may do is told only to auditors and to whoever is responsible for the instance.',
      'Leave `principal` out to ask about yourself, or ask one of them.',
    );
  }
  return (
    directory.principals.get(id) ??
    refuse(
      'not-found',
      `There is no principal ${id} in the directory.`,
      'Name one as the directory does: person:…, service:… or agent:….',
    )
  );
}

function toWhy(
  { stored, state, process }: Readable,
  principal: Principal,
  answers: readonly WhyAnswer[],
): Why {
  const { id, kind, name, person, unit, roles, positions, active } = principal;
  return {
    instance: stored.id,
    process: process.definition.id,
    definition: stored.definition,
    seq: stored.seq,
    status: state.status,
    principal: { id, kind, name, person, unit, roles, positions, active },
    answers,
  };
}

/** What the answers of all three kinds are made of. */
interface Found {
  readonly kind: WhyAnswer['kind'];
  readonly name: string;
  readonly title: Title | null;
  readonly rules: readonly (Allow | undefined)[];
  readonly refusal: Refusal | null;
  readonly missing: readonly string[];
  /** Whether it would be allowed to this one. */
  readonly wouldAllow: (actor: ActorSnapshot) => boolean;
}

function answerOf(world: BatchWorld, readable: Readable, principal: Principal, found: Found): WhyAnswer {
  const { kind, name, title, rules, missing, wouldAllow } = found;
  const refusal = principal.active ? found.refusal : refuseInactive(principal);
  const rule = [...new Set(rules.map(explainAllow))].join(', or ');
  return {
    kind,
    name,
    title,
    allowed: refusal === null,
    code: refusal?.code ?? null,
    rule,
    why: refusal?.message ?? `Open to ${rule}.`,
    next: refusal?.next ?? null,
    missing: refusal === null ? [] : missing,
    considered: refusal?.considered ?? [],
    ...others(world, readable, principal, rules, wouldAllow),
  };
}

/** Who else could, found among those whom the rules may mean at all. */
function others(
  world: BatchWorld,
  { directory, process, time }: Readable,
  asked: Principal,
  rules: readonly (Allow | undefined)[],
  wouldAllow: (actor: ActorSnapshot) => boolean,
): { readonly who: readonly Who[]; readonly moreMayFollow: boolean } {
  const who: Who[] = [];
  const couldMatchAny = (allow: Allow, one: Principal) =>
    authoritiesOf(directory, one, time, process.definition.id).some((actor) => couldMatch(allow, actor));
  let tried = 0;
  for (const principal of directory.principals.values()) {
    if (!principal.active || principal.id === asked.id) continue;
    if (!rules.some((allow) => allow !== undefined && couldMatchAny(allow, principal))) continue;
    if (who.length === mostNamed || tried === mostTried) return { who, moreMayFollow: true };
    tried += 1;
    if (wouldAllow(world.directory.snapshotOf(principal))) {
      who.push({ principal: principal.id, name: principal.name });
    }
  }
  return { who, moreMayFollow: false };
}

/** Every event that an active state takes; or the one asked for, whether any takes it or not. */
function eventAnswers(
  world: BatchWorld,
  readable: Readable,
  principal: Principal,
  wanted: string | undefined,
): readonly WhyAnswer[] {
  const { process, state } = readable;
  const names = wanted === undefined ? process.events : [wanted];
  return names.flatMap((name) => {
    const candidates = state.status === 'done' ? [] : candidatesFor(process, state, name);
    if (wanted === undefined && candidates.length === 0) return [];
    const tried = tryEvent(readable, world.directory.snapshotOf(principal), name);
    const refusal = isRefusal(tried) ? tried : null;
    const found: Found = {
      kind: 'event',
      name,
      title: titleOfEvent(process, name),
      rules: candidates.filter(({ forbidden }) => !forbidden).map(({ allow }) => allow),
      refusal: isAllowed(tried) ? null : refusal,
      missing: missingOf(refusal?.considered ?? [], candidates),
      wouldAllow: (actor) => isAllowed(tryEvent(readable, actor, name)),
    };
    return [answerOf(world, readable, principal, found)];
  });
}

/** What would have to be otherwise for one of the candidates to be taken, a sentence each. */
function missingOf(
  considered: readonly Considered[],
  candidates: readonly CompiledTransition[],
): readonly string[] {
  return considered.flatMap(({ transition, reason, detail, position: { line } }) => {
    const candidate = candidates.find(({ id }) => id === transition);
    switch (reason) {
      case 'not-allowed':
        return candidate === undefined ? [] : [`To be ${explainAllow(candidate.allow)} (line ${line}).`];
      case 'guard-failed':
        return [`The guard ${String(detail)} has to hold (line ${line}).`];
      case 'forbidden':
        return [`The state would have to be left first: it forbids the event (line ${line}).`];
      default:
        return [];
    }
  });
}

function gateAnswers(world: BatchWorld, readable: Readable, principal: Principal): readonly WhyAnswer[] {
  const { process, state } = readable;
  return Object.keys(state.gates).map((name) => {
    const { ballot, quorum } = gateViewOf(readable, name);
    const { needed, approved, present, members } = quorum;
    const refusalTo = refusalsAtGate(readable, name);
    const gate = process.gates.get(name)?.gate;
    const open = needed - approved;
    const found: Found = {
      kind: 'gate',
      name,
      title: stateTitle(process, name),
      rules: [gate?.reviewers],
      refusal: refusalTo(world.directory.snapshotOf(principal)),
      missing: [
        ballot === 'secret'
          ? `The count of its secret ballots. ${present} of ${members} members have voted.`
          : `${open} more ${open === 1 ? 'approval' : 'approvals'} of the ${needed} that the gate asks for.`,
      ],
      wouldAllow: (actor) => refusalTo(actor) === null,
    };
    return answerOf(world, readable, principal, found);
  });
}

function requestAnswers(world: BatchWorld, readable: Readable, principal: Principal): readonly WhyAnswer[] {
  const { process, stored, state, controls, time } = readable;
  return Object.keys(state.requests).map((name) => {
    const agents = process.proposes.get(name)?.propose.agent;
    const means = (actor: ActorSnapshot) =>
      actor.kind === 'agent' && permits(agents, actor, rosterScope(state, actor, time), process);
    const body = { kind: 'proposal', state: name } as const;
    const controlFor = (actor: { readonly principal: string }) =>
      controlInTheWay(controls, { process: process.definition.id, instance: stored.id, state, body, actor });
    const handedIn = state.requests[name]?.candidates ?? [];
    const hasProposed = (agent: string) => handedIn.some(({ proposer }) => proposer === agent);
    const asked = world.directory.snapshotOf(principal);
    const control = controlFor(asked);
    const heldBack = control === null ? null : explainControl(control);
    const found: Found = {
      kind: 'proposal',
      name,
      title: stateTitle(process, name),
      rules: [agents],
      refusal: !means(asked)
        ? refuseProposing(principal, agents)
        : heldBack === null
          ? hasProposed(principal.id)
            ? refuseAgain()
            : null
          : refuse(heldBack.code, heldBack.message, heldBack.next),
      missing: [
        ...(means(asked) ? [] : [`An agent that is ${explainAllow(agents)}.`]),
        ...(heldBack === null ? [] : [heldBack.message]),
      ],
      wouldAllow: (actor) => means(actor) && controlFor(actor) === null && !hasProposed(actor.principal),
    };
    return answerOf(world, readable, principal, found);
  });
}

const refuseInactive = ({ id }: Principal) =>
  refuse(
    'not-allowed',
    `${id} is not active in the directory.`,
    'Ask whoever keeps the directory to look at the entry.',
  );

const refuseAgain = () =>
  refuse(
    'already-proposed',
    'They have handed in a proposal for this request already.',
    'Wait for the other agents, or for the time they have to run out.',
  );

function refuseProposing({ kind }: Principal, agents: Allow | undefined): Refusal {
  return kind === 'agent'
    ? refuse(
        'not-allowed',
        `Only an agent that is ${explainAllow(agents)} hands in this proposal.`,
        'Ask whoever keeps the directory.',
      )
    : refuse(
        'not-allowed',
        'This proposal is asked of an agent.',
        'Wait for it, or for the time it has to run out.',
      );
}
