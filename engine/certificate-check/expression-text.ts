/**
 * What an expression has to do with proposals, judged from its text alone. Where the text is not plain,
 * it counts as reading every proposal and as copying none.
 */

export function readsProposal(text: string, kind: string): boolean {
  // Quoted words are no reading; but where quotes may be escaped or commented out, everything counts.
  const bare = /\\|'''|"""|\/\//.test(text)
    ? text
    : text.replace(/(\[?)(?:'[^']*'|"[^"]*")/g, (quoted, open) => (open === '' ? '""' : quoted));
  const uses = bare.matchAll(/(?<![\w.])proposal\b(?:\.([A-Za-z_]\w*)|\[(?:'([\w-]+)'|"([\w-]+)")\])?/g);
  return [...uses].some(([, plain, single, double]) => [undefined, kind].includes(plain ?? single ?? double));
}

/** Whether it is nothing but the proposal of that kind, or one member of it. */
export function copiesProposal(text: string, kind: string): boolean {
  const [start, read, member, ...further] = text.trim().split(/\.|(?=\[)/);
  const names = [read, member ?? '[0]'].map(nameIn);
  return start === 'proposal' && further.length === 0 && names[0] === kind && names[1] !== null;
}

function nameIn(part: string | undefined): string | null {
  const named = /^(?:([A-Za-z_]\w*)|\[(?:'([\w-]+)'|"([\w-]+)"|(\d+))\])$/.exec(part ?? '');
  return named?.[1] ?? named?.[2] ?? named?.[3] ?? named?.[4] ?? null;
}
