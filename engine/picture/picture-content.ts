/**
 * What a picture of a process shows, before anybody knows where: boxes with their texts and sizes, and
 * arrows with their labels. Layout and drawing both begin here, so that a label is as large in the one as
 * in the other. It must not know of coordinates.
 */
import type { Title } from '../../schemas/process-definition.ts';
import { describeArrow } from './describe-arrow.ts';
import { describeBox } from './describe-box.ts';
import { lettersFor } from './letters-for.ts';
import type { Language } from './picture-words.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { planPicture } from './plan-picture.ts';

export interface PictureWording {
  readonly language: Language;
  /** Titles of roles and units, which a definition only names. */
  readonly roles?: ReadonlyMap<string, Title>;
  readonly units?: ReadonlyMap<string, Title>;
}

/**
 * How texts are set: how wide they may become before they go on in the next line, in units of the picture, and
 * what is shortened. It is a part of the geometry, since boxes and labels are placed for exactly these texts.
 */
export interface PictureWrap {
  readonly box: number;
  readonly label: number;
  /** Whether people whom many arrows name are a letter there, and are named in full once, in the legend. */
  readonly letters?: boolean;
}

export type IconName =
  | 'person'
  | 'people'
  | 'clock'
  | 'stays'
  | 'forbidden'
  | 'guard'
  | 'work'
  | 'reaches'
  | 'approved'
  | 'returned'
  | 'rejected'
  | 'error'
  | 'ai'
  | 'entered';

/** One text with its icon: a line of a box, or of a label. */
export interface Row {
  readonly icon: IconName | null;
  readonly lines: readonly string[];
  readonly tone: 'strong' | 'plain' | 'muted';
  /** Set where the row is a transition of its own: one that stays, or is forbidden. */
  readonly transition?: string;
  /** Set where the row leads to an ending that it only names. */
  readonly exit?: Exit;
  /** A second text in the same line, so far from the left. */
  readonly beside?: { readonly icon: IconName; readonly text: string; readonly left: number };
}

export interface Exit {
  readonly title: string;
  readonly look: 'success' | 'failure';
  readonly arrow: ArrowLook;
  /** Whether the ending's name stands behind the text, or in a line of its own below. */
  readonly sameLine: boolean;
}

export type BoxLook =
  | 'step'
  | 'gate'
  | 'ai'
  | 'success'
  | 'failure'
  | 'group'
  | 'parallel'
  | 'region'
  | 'history'
  | 'initial'
  | 'anywhere'
  | 'again';

export interface Box {
  /** The state's id; of what is no state `:KIND:STATE`. */
  readonly id: string;
  /** The box around it; '' for the picture itself. */
  readonly parent: string;
  readonly look: BoxLook;
  readonly eyebrow: string;
  readonly legal: string;
  readonly title: readonly string[];
  readonly rows: readonly Row[];
  /** Said in full to whoever points at it. */
  readonly tooltip: string;
  /** Of a box with others inside: the least it may be, and how much of its height its own words take. */
  readonly width: number;
  readonly height: number;
  readonly holds: boolean;
}

export type ArrowLook =
  | 'start'
  | 'initial'
  | 'event'
  | 'automatic'
  | 'approved'
  | 'returned'
  | 'rejected'
  | 'error'
  | 'after'
  | 'history';

export interface Arrow {
  /** The transition's id; of what is no transition `:KIND:STATE`. */
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly look: ArrowLook;
  readonly rows: readonly Row[];
  readonly tooltip: string;
  /** 0 for both where there is nothing to say. */
  readonly width: number;
  readonly height: number;
}

export interface PictureContent {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** By what arrows name: the letter that stands for it. */
  readonly letters: ReadonlyMap<string, string>;
}

const noLetters: ReadonlyMap<string, string> = new Map();

/** The same process, words and wrapping give the same content. */
export function toPictureContent(
  process: PicturedProcess,
  wording: PictureWording,
  wrap: PictureWrap,
): PictureContent {
  const plan = planPicture(process);
  const letters = wrap.letters === true ? lettersFor(plan.arrows, wording) : noLetters;
  return {
    boxes: plan.boxes.map((box) => describeBox(process, box, wording, wrap)),
    arrows: plan.arrows.map((arrow) => describeArrow(process, arrow, wording, wrap, letters)),
    letters,
  };
}
