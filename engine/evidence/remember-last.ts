/**
 * What was made last of the same things, found again: steps of one batch mostly share who acts, and more. It only
 * saves work, and MUST be given nothing that anybody changes. No WeakMap, because verification brings a new actor
 * with every entry, and would pay for each of them.
 */
const places = 8;

/** `isSame`: whether what is made of the one may be taken for the other; as it is, for the very same thing alone. */
export function rememberLast<Given extends object, Made>(
  make: (given: Given) => Made,
  isSame: (one: Given, other: Given) => boolean = Object.is,
): (given: Given) => Made {
  const remembered: { readonly given: Given; readonly made: Made }[] = [];
  let oldest = 0;
  return (given) => {
    for (const one of remembered) {
      if (isSame(one.given, given)) return one.made;
    }
    const made = make(given);
    remembered[oldest] = { given, made };
    oldest = (oldest + 1) % places;
    return made;
  };
}
