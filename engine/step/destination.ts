/** The definition that a migration leads to, with what its proof of oversight says. */
import type { Certificate } from '../certificate-check/read-certificate.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';

export interface Destination {
  readonly process: CompiledProcess;
  readonly certificate: Certificate;
}

/** A deployed definition by its hash; null when it is not stored unaltered. */
export type Destinations = (hash: string) => Destination | null;
