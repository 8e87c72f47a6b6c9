/** Seals steps into a record as the ledger would keep it. */

import type { CompiledProcess } from '../../../../engine/definition/compiled-process.ts';
import { canonicalJson } from '../../../../engine/evidence/canonical-json.ts';
import { sealEntry } from '../../../../engine/evidence/seal-entry.ts';
import { noPrevious } from '../../../../engine/evidence/sealed-entry.ts';
import { sha256Hex } from '../../../../engine/evidence/sha256.ts';
import type { Step } from '../../../../engine/step/step.ts';
import { stimulusText } from '../../../../engine/step/stimulus-text.ts';
import type { InstanceOnTrial, RecordedEntry } from '../../../../engine/step/verify-instance.ts';
import { instance } from './office.ts';

export function record(steps: readonly Step[], process: CompiledProcess): InstanceOnTrial {
  let head = noPrevious;
  const entries = steps.map((step): RecordedEntry => {
    const salts = {
      data: sha256Hex(`data ${step.entry.seq}`),
      changed: sha256Hex(`changed ${step.entry.seq}`),
    };
    const { text, hash, data, dataSalt, changedSalt } = sealEntry(
      step.entry,
      { data: stimulusText(step.data), changed: step.changed },
      head,
      salts,
    );
    head = hash;
    return { instance, seq: step.entry.seq, text, hash, data, dataSalt, changedSalt };
  });
  const state = canonicalJson(steps.at(-1)?.state);
  return { instance, definition: process.hash, seq: steps.length, head, state, entries, process };
}
