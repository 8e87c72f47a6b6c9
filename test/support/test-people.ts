/** The people of the tests, and callers ready to act for them. Usable outside the test runner, too. */
import { type Caller, canonicalJson, type Ledger, type Scope } from '../../engine/index.ts';
import type { Principal, Unit } from '../../engine/oversight/directory.ts';
import { keyHashOf, proofOf } from '../../engine/run/key-proof.ts';
import { scopesByKind } from '../../engine/run/manage-keys.ts';

export const units: readonly Unit[] = [
  { id: 'unit:office', parent: null, title: { vi: 'Văn phòng', en: 'Office' } },
  { id: 'unit:other', parent: null, title: { vi: 'Đơn vị khác', en: 'Other unit' } },
];

export const people: readonly Principal[] = [
  person('officer', ['officer']),
  person('second-officer', ['officer'], 'unit:other'),
  person('head', ['head', 'leader']),
  person('leader', ['leader']),
  ...['one', 'two', 'three', 'four', 'five'].map((name) => person(`member-${name}`, ['member'])),
  person('designer', ['process-designer', 'key-administrator']),
  person('auditor', ['auditor']),
  person('operator', ['process-operator']),
  person('keeper', ['directory-administrator']),
  person('controller', ['controller']),
  person('second-controller', ['controller']),
  // A second account of the controller's, under another name.
  { ...person('controller-again', ['controller']), person: 'person:controller' },
  person('stranger', []),
  // A second account of the leader's, under another name.
  { ...person('leader-second-account', []), person: 'person:leader' },
  principal('service:intake', 'service', ['officer']),
  principal('agent:drafter', 'agent', ['drafting-agent', 'member', 'officer']),
  { ...principal('agent:second', 'agent', ['drafting-agent']), operator: 'person:leader' },
];

/** A caller with every scope its kind may have. */
export function callerOf(id: string, scopes?: readonly Scope[]): Caller {
  const found = people.find((one) => one.id === id || one.id === `person:${id}`);
  if (found === undefined) throw new Error(`Nobody is called ${id} in the test directory.`);
  return {
    principal: found,
    ...shownBy(found.id),
    scopes: scopes ?? scopesByKind[found.kind],
    key: null,
    request: 'test',
  };
}

/** What the engine has of somebody who came with their key. */
export function shownBy(id: string): Pick<Caller, 'authentication' | 'proof'> {
  return { authentication: [`key:${keyIdOf(id)}`], proof: proofOf(secretOf(id)) };
}

const secretOf = (id: string) => `secret of ${id}`;
const keyIdOf = (id: string) => `test ${id}`;

/** The key of each of them: callers decide with it, and the database looks at it. */
export async function addTestKeys(
  ledger: Pick<Ledger, 'addKey'>,
  of: readonly Principal[] = people,
): Promise<void> {
  for (const { id, kind } of of) {
    const hash = keyHashOf(proofOf(secretOf(id)));
    const scopes = scopesByKind[kind];
    await ledger.addKey({
      id: keyIdOf(id),
      hash,
      principal: id,
      scopes,
      expiresAt: null,
      demonstration: false,
    });
  }
}

/** An idempotency key with a body of its own. */
export const keyed = (key: string, body: string = key) => ({ key, bodyHash: canonicalJson(body) });

function person(name: string, roles: readonly string[], unit = 'unit:office'): Principal {
  return { ...principal(`person:${name}`, 'person', roles), unit };
}

function principal(id: string, kind: Principal['kind'], roles: readonly string[]): Principal {
  return { id, kind, name: id, person: id, unit: 'unit:office', roles, positions: [], active: true };
}
