/** What a picture reads of a definition: nothing that runs, so that what must not run can be drawn too. */
import type { CompiledProcess } from '../definition/compiled-process.ts';

export type PicturedProcess = Pick<
  CompiledProcess,
  'hash' | 'definition' | 'states' | 'transitions' | 'gates' | 'proposes' | 'decisions'
>;
