/**
 * Where everything is: one JSON value, made once when a definition is published, stored, and drawn from
 * wherever the picture is shown. It holds no text but ids, so it says nothing a definition does not.
 */

import type { PictureWrap } from './picture-content.ts';
import type { Language } from './picture-words.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}

export interface PlacedState extends Rectangle {
  /** The state's id; of what is no state, such as a dot where a process begins, `:KIND:STATE`. */
  readonly id: string;
}

export interface PlacedEdge {
  /** The transition's id; of what is no transition `:KIND:STATE`. */
  readonly id: string;
  readonly points: readonly Point[];
  readonly label: Rectangle | null;
}

export interface PictureGeometry {
  readonly format: 1;
  /** SHA-256 of the definition it is the geometry of. */
  readonly definition: string;
  readonly language: Language;
  readonly wrap: PictureWrap;
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  readonly edges: readonly PlacedEdge[];
}
