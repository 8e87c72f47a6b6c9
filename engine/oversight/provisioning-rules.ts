/** What the rules of provisioning share: whom a provider sees, how names are made, and how it is refused. */
import type { DirectoryContent, Principal } from './directory.ts';

export type DirectoryLists = Required<DirectoryContent>;

export interface Applied {
  readonly kind: 'applied';
  readonly lists: DirectoryLists;
  /** The user or the group that it was about. */
  readonly id: string;
}

export interface ProvisioningRefusal {
  readonly kind: 'provisioning-refusal';
  /**
   * unknown: nothing of that id. taken: somebody else has it. immutable: it stays as it was first said. forbidden: no
   * provider may do it. bad-value: nothing can be made of it. stale: it has changed since it was seen.
   */
  readonly reason: 'unknown' | 'taken' | 'immutable' | 'forbidden' | 'bad-value' | 'stale';
  readonly message: string;
}

export function refuseProvisioning(
  reason: ProvisioningRefusal['reason'],
  message: string,
): ProvisioningRefusal {
  return { kind: 'provisioning-refusal', reason, message };
}

/** People alone, and not those whom the provider removed: services and agents are none of its business. */
export function isSeen({ kind, active, provisioned }: Principal): boolean {
  return kind === 'person' && (active || !['removed', 'barred'].includes(provisioned?.status ?? ''));
}

/** Whom an administrator made inactive, also if the provider removed them since. */
export function isBarred({ active, provisioned }: Principal): boolean {
  return !active && (provisioned?.status ?? 'barred') === 'barred';
}

/** Whom nobody provisioned yet is found by the name in their id. */
export function userNameOf({ id, provisioned }: Principal): string {
  return provisioned?.userName ?? id.slice('person:'.length);
}

/** In letters, digits and hyphens; empty where nothing of it can be said so. */
export function plainName(text: string, kept: string = ''): string {
  return text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[đĐ]/g, 'd')
    .toLowerCase()
    .replaceAll(new RegExp(`[^a-z0-9${kept}]+`, 'g'), '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
}

/** The name of the role that a group's displayName means, as process definitions write it; null: it means none. */
export function roleNameOf(displayName: string): string | null {
  const name = plainName(displayName.slice(0, 200)).slice(0, 64);
  return /^[a-z]/.test(name) ? name : null;
}
