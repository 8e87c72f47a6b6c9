/** What reaches beyond a process, in words: work that a state waits for, messages, and actions on documents. */
import type { State } from '../../schemas/process-definition.ts';
import type { CompiledEffect } from '../definition/compiled-process.ts';
import { cleanText } from './clean-text.ts';
import { describeDuration } from './describe-duration.ts';
import { plainName } from './describe-people.ts';
import type { PictureWording } from './picture-content.ts';
import { type Language, pictureWords } from './picture-words.ts';
import type { PicturedProcess } from './pictured-process.ts';

/** What kind of work it is, above the state's title; empty where the state waits for none. */
export function workKind({ invoke }: State, { language }: PictureWording): string {
  const words = pictureWords[language].work;
  if (invoke === undefined) return '';
  if (invoke.compensate !== undefined) return words.undo;
  if (invoke.process === undefined) return words.task;
  return invoke.forEach === undefined ? words.process : words.processes;
}

/** Its name, the document it is about, and the time it has. */
export function workText(process: PicturedProcess, state: State, { language }: PictureWording): string {
  const { invoke, compensate } = state;
  if (invoke === undefined) return '';
  const words = pictureWords[language];
  const name = invoke.task === undefined ? (invoke.process ?? '') : taskName(process, invoke.task, language);
  const parts = [
    name,
    invoke.document === undefined ? '' : documentName(process, invoke.document, language),
    invoke.timeout === undefined ? '' : words.within(describeDuration(invoke.timeout, language)),
    compensate === undefined ? '' : `${words.work.undoneBy} ${taskName(process, compensate.task, language)}`,
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

/** A message that is sent, or what is done to which document. */
export function effectText(
  process: PicturedProcess,
  { name, of }: CompiledEffect,
  { language }: PictureWording,
): string {
  const words = pictureWords[language].work;
  if (name === 'send') return `${words.send} ${messageName(process, of ?? '', language)}`;
  const action = words.documents[name] ?? name;
  return of === null ? action : `${action}: ${documentName(process, of, language)}`;
}

export function messageName({ definition }: PicturedProcess, name: string, language: Language): string {
  return titled(definition.messages, name, language);
}

function taskName({ definition }: PicturedProcess, task: string, language: Language): string {
  return pictureWords[language].work.documents[task] ?? titled(definition.tasks, task, language);
}

function documentName({ definition }: PicturedProcess, name: string, language: Language): string {
  return titled(definition.documents, name, language);
}

type Titled = Readonly<Record<string, { readonly title?: { readonly vi: string; readonly en: string } }>>;

function titled(declared: Titled | undefined, name: string, language: Language): string {
  const title = declared !== undefined && Object.hasOwn(declared, name) ? declared[name]?.title : undefined;
  return title === undefined ? plainName(name) : cleanText(title[language]);
}
