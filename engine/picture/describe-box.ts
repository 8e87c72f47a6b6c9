/** A planned box -> its texts, with the room they take. */
import type { Action, Gate, Propose, State } from '../../schemas/process-definition.ts';
import type { CompiledEffect } from '../definition/compiled-process.ts';
import { stateIn } from '../definition/state-in.ts';
import {
  badgeRoom,
  badgeSize,
  iconRoom,
  padding,
  rowsGap,
  rowsHeight,
  rowsWidth,
  smallLine,
  smallSize,
  titleLine,
  titleSize,
} from './box-metrics.ts';
import { cleanText } from './clean-text.ts';
import { describeDelay, describeDuration } from './describe-duration.ts';
import { legalText } from './describe-legal-basis.ts';
import { describePeople, plainName } from './describe-people.ts';
import { transitionLine } from './describe-transition.ts';
import { effectText, workKind, workText } from './describe-work.ts';
import { boxTitle, endsWithoutSuccess } from './name-state.ts';
import type { Box, BoxLook, IconName, PictureWording, PictureWrap, Row } from './picture-content.ts';
import { pictureWords } from './picture-words.ts';
import type { PicturedProcess } from './pictured-process.ts';
import type { PlannedBox } from './plan-picture.ts';
import { textWidth, wrapText } from './text-width.ts';

const dotSize = 12;
const historySize = 30;
const leastWidth = 60;

export function describeBox(
  process: PicturedProcess,
  planned: PlannedBox,
  wording: PictureWording,
  wrap: PictureWrap,
): Box {
  const look = lookOf(process, planned);
  const { id, parent, holds } = planned;
  const shared = { id, parent, look, holds, tooltip: tooltipOf(process, planned, wording) };
  if (look === 'initial' || look === 'history') {
    const size = look === 'initial' ? dotSize : historySize;
    return { ...shared, eyebrow: '', legal: '', title: [], rows: [], width: size, height: size };
  }
  const inner = wrap.box - 2 * padding;
  const head = describeHead(process, planned, look, wording, inner);
  const rows = [
    ...head.rows,
    ...rowsOfState(process, planned, wording, inner),
    ...entries(planned, wording),
    ...planned.inside.map((transition) => transitionLine(process, transition, wording, inner)),
  ];
  const rowsTall = rows.length === 0 ? 0 : rowsGap + rowsHeight(rows);
  return {
    ...shared,
    eyebrow: head.eyebrow,
    legal: head.legal,
    title: head.title,
    rows,
    width: Math.max(leastWidth, Math.ceil(Math.max(head.width, rowsWidth(rows)) + 2 * padding)),
    height: Math.ceil(head.height + rowsTall + 2 * padding - 2),
  };
}

export function hasBadge(look: BoxLook): boolean {
  return look === 'gate' || look === 'ai' || look === 'success' || look === 'failure';
}

interface Head {
  readonly eyebrow: string;
  readonly legal: string;
  readonly title: readonly string[];
  readonly width: number;
  readonly height: number;
  /** The articles, where they are too many for the first line. */
  readonly rows: readonly Row[];
}

function describeHead(
  process: PicturedProcess,
  planned: PlannedBox,
  look: BoxLook,
  wording: PictureWording,
  inner: number,
): Head {
  const badge = hasBadge(look) ? badgeRoom : 0;
  const room = inner - badge;
  const eyebrow = eyebrowOf(process, planned, look, wording);
  const articles = planned.kind === 'state' ? legalText(planned.state.legalBasis) : '';
  const eyebrowWidth = textWidth(eyebrow, smallSize, 'bold');
  const together =
    eyebrowWidth + (eyebrow === '' || articles === '' ? 0 : 12) + textWidth(articles, smallSize);
  const apart = together > room;
  const title = wrapText(titleOf(process, planned, wording), {
    size: titleSize,
    weight: 'bold',
    width: room,
    most: 4,
  });
  const firstLine = eyebrow !== '' || (articles !== '' && !apart) ? smallLine : 0;
  return {
    eyebrow,
    legal: apart ? '' : articles,
    title,
    width:
      badge +
      Math.max(apart ? eyebrowWidth : together, ...title.map((line) => textWidth(line, titleSize, 'bold'))),
    height: Math.max(badge === 0 ? 0 : badgeSize, firstLine + title.length * titleLine),
    rows: apart
      ? [{ icon: null, lines: wrapText(articles, { size: smallSize, width: inner, most: 3 }), tone: 'muted' }]
      : [],
  };
}

function titleOf(process: PicturedProcess, { kind, state }: PlannedBox, wording: PictureWording): string {
  const words = pictureWords[wording.language];
  if (kind === 'anywhere') return state.id === '' ? words.anywhere : words.anywhereInside;
  const title = boxTitle(process, state.id, wording);
  return kind === 'again' ? `${words.again} “${title}”` : title;
}

function eyebrowOf(
  process: PicturedProcess,
  { state, kind }: PlannedBox,
  look: BoxLook,
  { language }: PictureWording,
): string {
  const words = pictureWords[language];
  if (kind !== 'state') return '';
  if (look === 'ai') return words.proposes.toUpperCase();
  const gate = process.gates.get(state.id)?.gate;
  if (gate !== undefined) return words.acts[gate.meaning].toUpperCase();
  return workKind(stateIn(process.definition, state.id), { language }).toUpperCase();
}

function rowsOfState(
  process: PicturedProcess,
  { state, kind }: PlannedBox,
  wording: PictureWording,
  inner: number,
): Row[] {
  if (kind !== 'state') return [];
  const row = (icon: IconName, text: string): Row => ({
    icon,
    lines: wrapText(text, { size: smallSize, width: inner - iconRoom, most: 4 }),
    tone: 'plain',
  });
  const gate = process.gates.get(state.id)?.gate;
  const propose = process.proposes.get(state.id)?.propose;
  const written = stateIn(process.definition, state.id);
  const work = workText(process, written, wording);
  return [
    ...(gate === undefined ? [] : gateRows(process, gate, wording, inner, row)),
    ...(propose === undefined ? [] : proposeRows(process, propose, wording, row)),
    ...(work === '' ? [] : [row('work', work)]),
    ...effectsOf(written.entry).map((effect) => row('reaches', effectText(process, effect, wording))),
  ];
}

function entries({ named }: PlannedBox, { language }: PictureWording): Row[] {
  return named === 0
    ? []
    : [{ icon: 'entered', lines: [pictureWords[language].entered(named)], tone: 'muted' }];
}

type MakeRow = (icon: IconName, text: string) => Row;

function gateRows(
  process: PicturedProcess,
  gate: Gate,
  wording: PictureWording,
  inner: number,
  row: MakeRow,
): Row[] {
  const approve = gate.quorum?.approve ?? 1;
  const people = describePeople(gate.reviewers, wording);
  const several = approve === 1 ? '' : ` · ${pictureWords[wording.language].quorum(approve)}`;
  const reviewers = row(approve === 1 ? 'person' : 'people', `${people}${several}`);
  const manner = mannerRows(gate, wording, row);
  if (gate.binds === undefined) return [reviewers, ...manner];
  const subject = row('ai', decisionTitle(process, gate.binds, wording));
  // Who decides and what on, in one line where there is room for both.
  const [first = '', ...more] = reviewers.lines;
  const left = textWidth(first, smallSize) + 10 + iconRoom;
  const [text = '', ...rest] = subject.lines;
  return more.length + rest.length === 0 && iconRoom + left + textWidth(text, smallSize) <= inner
    ? [{ ...reviewers, beside: { icon: 'ai', text, left } }, ...manner]
    : [reviewers, subject, ...manner];
}

/** By when, how secretly, and how surely known. */
function mannerRows({ due, ballot, assurance }: Gate, { language }: PictureWording, row: MakeRow): Row[] {
  const words = pictureWords[language];
  const manner = [ballot === 'secret' ? words.secretBallot : '', words.assurances[assurance ?? 'session']];
  const told = manner.filter((one) => one !== '').join(' · ');
  return [
    ...(due === undefined ? [] : [row('clock', words.within(describeDelay(due, language)))]),
    ...(told === '' ? [] : [row('guard', told)]),
  ];
}

/** Messages and actions on documents, as the picture names them. */
function effectsOf(actions: State['entry']): readonly CompiledEffect[] {
  return ([actions ?? []].flat() as readonly Action[]).flatMap((action) =>
    Object.entries(action).flatMap(([name, what]) => {
      if (name === 'assign') return [];
      const { message, document } = what as { readonly message?: string; readonly document?: string };
      return [{ name, of: message ?? document ?? null, values: new Map(), position: { line: 0, column: 0 } }];
    }),
  );
}

function proposeRows(
  process: PicturedProcess,
  propose: Propose,
  wording: PictureWording,
  row: MakeRow,
): Row[] {
  const { decision, agent, several, timeout } = propose;
  const { language } = wording;
  return [
    row('ai', `${decisionTitle(process, decision, wording)} · ${describePeople(agent, wording)}`),
    ...(several === undefined
      ? []
      : [row('ai', pictureWords[language].several(several.atLeast, several.atMost))]),
    ...(timeout === undefined
      ? []
      : [row('clock', pictureWords[language].within(describeDuration(timeout, language)))]),
  ];
}

function decisionTitle(process: PicturedProcess, decision: string, { language }: PictureWording): string {
  const title = process.decisions.get(decision)?.title?.[language];
  return title === undefined ? plainName(decision) : cleanText(title);
}

function lookOf(process: PicturedProcess, { kind, state, holds }: PlannedBox): BoxLook {
  if (kind !== 'state') return kind;
  if (process.gates.has(state.id)) return 'gate';
  if (process.proposes.has(state.id)) return 'ai';
  if (state.kind === 'history') return 'history';
  if (state.kind === 'final') return endsWithoutSuccess(process, state.id) ? 'failure' : 'success';
  if (holds && process.states?.get(state.parent ?? '')?.kind === 'parallel') return 'region';
  if (state.kind === 'parallel') return 'parallel';
  return holds ? 'group' : 'step';
}

function tooltipOf(process: PicturedProcess, { kind, state }: PlannedBox, wording: PictureWording): string {
  if (kind !== 'state') return '';
  const title = boxTitle(process, state.id, wording);
  const texts = [title, legalText(state.legalBasis), state.id];
  return texts.filter((one) => one !== '').join('\n');
}
