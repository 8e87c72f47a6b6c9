/**
 * How much an agent may say with a proposal, and in which form. Told to callers by the API's schemas, and held
 * by the step itself, whoever calls it.
 */
export const proposalBounds = {
  /** Characters of a model's name, and of its version. */
  model: 200,
  rationale: 20_000,
  /** How many input references, and how many evidence links. */
  references: 200,
  links: 50,
  /** Characters of one of either. */
  reference: 2000,
} as const;

/** SHA-256 of the whole prompt, as hexadecimal; `sha256:` may stand before it. */
export const PROMPT_HASH = '^(sha256:)?[0-9a-f]{64}$';

/**
 * An address that reviewers may follow: https alone, no user and no password in it, and nothing that would end an
 * attribute or a tag where it is shown.
 */
export const EVIDENCE_LINK = '^https://[A-Za-z0-9][A-Za-z0-9.-]{0,252}(:[0-9]{1,5})?([/?#][!#-;=?-~]*)?$';
