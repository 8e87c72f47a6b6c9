/** Processes to draw: the shipped ones, and one with everything that a statechart may have. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledProcess } from '../../../../engine/definition/compiled-process.ts';
import { readDirectory } from '../../../../engine/oversight/read-directory.ts';
import type { PictureWording } from '../../../../engine/picture/picture-content.ts';
import type { PictureGeometry } from '../../../../engine/picture/picture-geometry.ts';
import type { Language } from '../../../../engine/picture/picture-words.ts';
import type { PicturedProcess } from '../../../../engine/picture/pictured-process.ts';
import { layOutGraph } from '../../../../engine/run/lay-out-graph.ts';
import { lintDefinition } from '../../../../engine/verify/lint-definition.ts';

export const root = join(import.meta.dirname, '../../../..');

export const shipped = ['personnel-appointment', 'outgoing-document'] as const;

export function readShipped(name: string): CompiledProcess {
  return compile(readFileSync(join(root, 'processes', `${name}.yaml`), 'utf8'));
}

export function compile(source: string): CompiledProcess {
  const { process, findings } = lintDefinition(source, 'pictured.yaml');
  if (process === null) throw new Error(JSON.stringify(findings));
  return process;
}

export function wordingIn(language: Language): PictureWording {
  const read = readDirectory(readFileSync(join(root, 'demo/directory.yaml'), 'utf8'), 'directory.yaml');
  if (read.kind === 'refused') throw new Error('The demonstration directory does not load.');
  return { language, roles: read.roles, units: new Map(read.units.map(({ id, title }) => [id, title])) };
}

const geometries = new Map<string, Promise<PictureGeometry>>();

/** Its geometry in a language, laid out once in a test file. */
export function laidOut(process: PicturedProcess, language: Language): Promise<PictureGeometry> {
  const key = `${process.hash} ${language}`;
  const known = geometries.get(key) ?? layOutGraph(process, wordingIn(language));
  geometries.set(key, known);
  return known;
}

/** Frames, parallel regions, both kinds of history, guards, timers, wildcards, forbidden and inner transitions. */
export const everything = `
id: with-everything
version: 1.0.0
title: { vi: Ví dụ có khung và nhánh song song, en: Frames and parallel regions }
owner: unit:van-phong
responsible: { role: chief-of-office }
securityLevel: 2
classification: normal
context: { type: object, additionalProperties: false, properties: { amount: { type: integer } } }
start: { allow: { role: clerk }, title: { vi: Tiếp nhận, en: Receive } }
on:
  cancel: { title: { vi: Hủy, en: Cancel }, allow: { initiator: true }, target: .cancelled }
  '*': null
initial: receiving
states:
  receiving:
    title: { vi: Tiếp nhận hồ sơ, en: Receiving }
    legalBasis: [379/14]
    on:
      accept:
        - guard: 'has(context.amount) && context.amount > 1000000'
          allow: { role: clerk }
          target: handling
          title: { vi: Hồ sơ lớn, en: Large case }
        - { allow: { role: clerk }, target: quick, title: { vi: Hồ sơ thường, en: Ordinary case } }
  quick:
    title: { vi: Xử lý nhanh, en: Handled at once }
    on: { finish: { allow: { role: clerk }, target: done, title: { vi: Xong, en: Finish } } }
  handling:
    title: { vi: Xử lý song song, en: Handled in parallel }
    type: parallel
    legalBasis: [379/6.2]
    after: { P10D: { target: overdue, title: { vi: Quá hạn xử lý, en: Handling is overdue } } }
    onDone: { target: done, title: { vi: Hai nhánh đều xong, en: Both are finished } }
    states:
      legal:
        title: { vi: Pháp chế, en: Legal side }
        initial: checking
        states:
          checking:
            title: { vi: Rà soát pháp lý, en: Legal check }
            on:
              ask: { target: waiting, allow: { role: clerk }, title: { vi: Hỏi thêm, en: Ask back } }
              pass: { target: passed, allow: { role: clerk }, title: { vi: Đạt, en: Passes } }
          waiting:
            title: { vi: Chờ trả lời, en: Waiting for an answer }
            on: { answer: { target: checking, allow: { role: clerk }, title: { vi: Có trả lời, en: Answered } } }
            after: { P2D: { title: { vi: Nhắc, en: Remind } } }
          passed: { type: final, title: { vi: Xong pháp chế, en: Legal done } }
      money:
        title: { vi: Tài chính, en: Money side }
        initial: review
        on:
          pause: { target: .paused, allow: { role: clerk }, title: { vi: Tạm dừng, en: Pause } }
        states:
          review:
            title: { vi: Thẩm định giá, en: Review of the price }
            gate: { meaning: appraise, reviewers: { role: office-leader }, quorum: { approve: 2 } }
            on:
              approved: agreed
              rejected: { title: { vi: Không đồng ý, en: Rejected } }
              returned: { target: '#desk', title: { vi: Về tiếp nhận, en: Back to the desk } }
          paused:
            title: { vi: Tạm dừng, en: Paused }
            on: { resume: { target: back, allow: { role: clerk }, title: { vi: Tiếp tục, en: Resume } } }
          back: { type: history, history: deep, target: review }
          agreed: { type: final, title: { vi: Xong tài chính, en: Money done } }
  overdue:
    title: { vi: Quá hạn, en: Overdue }
    id: desk
    on:
      again: { target: last, allow: { role: office-leader }, title: { vi: Làm tiếp, en: Carry on } }
      cancel: null
  last: { type: history, history: shallow, target: receiving }
  done: { type: final, title: { vi: Hoàn tất, en: Done } }
  cancelled: { type: final, title: { vi: Đã hủy, en: Cancelled }, output: { result: "'cancelled'" } }
`;

/** Two states, and this title everywhere. */
export function smallWithTitle(title: string): string {
  const both = JSON.stringify({ vi: title, en: title });
  return `
id: small
version: 1.0.0
title: ${both}
owner: unit:office
responsible: { role: officer }
securityLevel: 1
classification: normal
context: { type: object, additionalProperties: false, properties: {} }
start: { allow: { role: officer }, title: ${both} }
initial: first
states:
  first:
    title: ${both}
    on: { go: { title: ${both}, allow: { role: officer }, target: last } }
  last: { type: final, title: ${both} }
`;
}
