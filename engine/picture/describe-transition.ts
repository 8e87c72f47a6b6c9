/** What a transition says of itself: its title, who may cause it, after what time, under which condition. */
import type { CompiledTransition } from '../definition/compiled-process.ts';
import { exitWidth, iconRoom, smallSize } from './box-metrics.ts';
import { cleanText } from './clean-text.ts';
import { describeDuration } from './describe-duration.ts';
import { describePeople } from './describe-people.ts';
import { effectText, messageName } from './describe-work.ts';
import { boxTitle, endsWithoutSuccess } from './name-state.ts';
import type { Exit, IconName, PictureWording, Row } from './picture-content.ts';
import { type Language, pictureWords } from './picture-words.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { arrowLook } from './plan-picture.ts';
import { elide, textWidth, wrapText } from './text-width.ts';

const longestGuard = 44;

/** What it is called: its title, or else what the file calls the cause. */
export function transitionName(
  process: PicturedProcess,
  transition: CompiledTransition,
  { language }: PictureWording,
): string {
  const words = pictureWords[language];
  const { cause, title } = transition;
  if (title !== undefined) return cleanText(title[language]);
  switch (cause.kind) {
    case 'event':
      return cause.event === '*' ? words.anyEvent : eventName(process, cause.event, language);
    case 'outcome':
      return words.outcomes[cause.outcome];
    case 'error':
      return words.failed;
    case 'done':
      return words.done;
    case 'overdue':
      return words.overdue;
    case 'message':
      return messageName(process, cause.message, language);
    case 'skip':
      return words.skipped;
    case 'repair':
      return words.repaired;
    default:
      return '';
  }
}

/** Where an event is forbidden nobody gives it a title, so it goes by the one it has elsewhere. */
function eventName(process: PicturedProcess, event: string, language: Language): string {
  for (const { cause, title } of process.transitions.values()) {
    if (cause.kind === 'event' && cause.event === event && title !== undefined)
      return cleanText(title[language]);
  }
  return event;
}

/** The texts beside an arrow, each with its icon. */
export function transitionRows(
  process: PicturedProcess,
  transition: CompiledTransition,
  wording: PictureWording,
  width: number,
  letters: ReadonlyMap<string, string>,
): Row[] {
  const { cause, allow } = transition;
  const people = describePeople(allow, wording);
  const words = pictureWords[wording.language];
  const name = transitionName(process, transition, wording);
  const row = (icon: IconName | null, text: string, tone: Row['tone'], most = 3): Row[] =>
    text === ''
      ? []
      : [
          {
            icon,
            lines: wrapText(text, { size: smallSize, width: width - (icon === null ? 0 : iconRoom), most }),
            tone,
          },
        ];
  const guard = guardText(transition, wording);
  return [
    ...(cause.kind === 'after'
      ? row('clock', words.after(describeDuration(cause.delay, wording.language)), 'plain')
      : []),
    ...row(nameIcon(process, transition), name, 'plain', 4),
    ...(cause.kind === 'event' ? row('person', letters.get(people) ?? people, 'muted') : []),
    ...row('guard', guard, 'muted', 3),
    ...(transition.effects ?? []).flatMap((effect) =>
      row('reaches', effectText(process, effect, wording), 'muted'),
    ),
  ];
}

/** A transition inside a box: all in one text. */
export function transitionLine(
  process: PicturedProcess,
  transition: CompiledTransition,
  wording: PictureWording,
  width: number,
): Row {
  const { id, cause, allow, forbidden } = transition;
  const words = pictureWords[wording.language];
  const name = transitionName(process, transition, wording);
  const texts = forbidden
    ? [name]
    : [
        ...(cause.kind === 'after'
          ? [
              [words.after(describeDuration(cause.delay, wording.language)), name]
                .filter((one) => one !== '')
                .join(': '),
            ]
          : [name]),
        ...(cause.kind === 'event' ? [describePeople(allow, wording)] : []),
        ...(transition.guard === undefined ? [] : [guardText(transition, wording)]),
        ...(transition.effects ?? []).map((effect) => effectText(process, effect, wording)),
      ];
  const [target] = transition.targets;
  const leaves = !forbidden && target !== undefined && target !== transition.source;
  const text = texts.filter((one) => one !== '').join(' · ');
  const icon = forbidden
    ? 'forbidden'
    : leaves
      ? leavingIcon(process, transition)
      : cause.kind === 'after'
        ? 'clock'
        : 'stays';
  const room = width - (icon === null ? 0 : iconRoom);
  const lines = wrapText(text, { size: smallSize, width: room, most: 4 });
  return {
    icon,
    lines,
    tone: 'plain',
    transition: id,
    ...(leaves ? { exit: exitOf(process, transition, target, wording, room, lines.at(-1) ?? '') } : {}),
  };
}

function exitOf(
  process: PicturedProcess,
  transition: CompiledTransition,
  target: string,
  wording: PictureWording,
  room: number,
  line: string,
): Exit {
  const title = elide(boxTitle(process, target, wording), {
    size: smallSize,
    width: room - exitWidth(''),
  });
  return {
    title,
    look: endsWithoutSuccess(process, target) ? 'failure' : 'success',
    arrow: arrowLook(transition),
    sameLine: textWidth(line, smallSize) + exitWidth(title) <= room,
  };
}

export function guardText({ guard }: CompiledTransition, { language }: PictureWording): string {
  if (guard === undefined) return '';
  // What only asks whether a field is set says nothing to a reader, nor does it where every field is one of context.
  const source = cleanText(guard.source)
    .replaceAll(/\bhas\([\w.]+\)\s*&&\s*/g, '')
    .replaceAll(/\bcontext\./g, '');
  const characters = [...source];
  const short =
    characters.length > longestGuard ? `${characters.slice(0, longestGuard - 1).join('')}…` : source;
  return `${pictureWords[language].when} ${short}`;
}

function leavingIcon(process: PicturedProcess, transition: CompiledTransition): IconName | null {
  const { kind } = transition.cause;
  if (kind === 'after') return 'clock';
  return kind === 'event' ? 'person' : nameIcon(process, transition);
}

function nameIcon(process: PicturedProcess, { cause, source }: CompiledTransition): IconName | null {
  if (cause.kind === 'outcome') return cause.outcome;
  if (cause.kind === 'error') return 'error';
  if (cause.kind === 'overdue') return 'clock';
  if (cause.kind === 'message') return 'reaches';
  return cause.kind === 'done' && process.proposes.has(source) ? 'ai' : null;
}
