/** Decides which known name somebody probably meant. It must not know what the names are for. */

/** ' Did you mean `x`?' when one of the names is close enough to be a slip, or ''. */
export function suggestName(written: string, known: readonly string[]): string {
  const allowed = Math.max(1, Math.floor(written.length / 3));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const name of known) {
    if (Math.abs(name.length - written.length) >= bestDistance) continue;
    const distance = editDistance(written, name, bestDistance);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best === null ? '' : ` Did you mean \`${best}\`?`;
}

/** Levenshtein distance, or any number of at least `limit` once it cannot be smaller. */
function editDistance(from: string, to: string, limit: number): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) >= limit) return limit;
    row = next;
  }
  return row[to.length] ?? limit;
}
