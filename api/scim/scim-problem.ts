/** How SCIM is told that something is refused (RFC 7644, 3.12): its own form, since its clients read no other. */
import type { ProvisioningRefusal, Refusal } from '../../engine/index.ts';
import { statusOf } from '../problems.ts';

export interface ScimProblem {
  readonly kind: 'scim-problem';
  readonly status: number;
  /** One of the standard's words, where it has one. */
  readonly scimType: string | null;
  readonly detail: string;
  /** With 405: the methods that the address takes. */
  readonly allow?: string;
}

export function scimProblem(status: number, scimType: string | null, detail: string): ScimProblem {
  return { kind: 'scim-problem', status, scimType, detail };
}

const byReason: {
  readonly [reason in ProvisioningRefusal['reason']]: readonly [number, string | null];
} = {
  unknown: [404, null],
  taken: [409, 'uniqueness'],
  immutable: [400, 'mutability'],
  forbidden: [403, null],
  'bad-value': [400, 'invalidValue'],
  stale: [412, null],
};

export function toScimProblem(refusal: Refusal | ProvisioningRefusal): ScimProblem {
  if (refusal.kind === 'provisioning-refusal')
    return scimProblem(...byReason[refusal.reason], refusal.message);
  return scimProblem(statusOf(refusal.code), null, `${refusal.message} ${refusal.next}`.trim());
}

export function problemBody({ status, scimType, detail }: ScimProblem): string {
  return JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(status),
    ...(scimType === null ? {} : { scimType }),
    detail,
  });
}
