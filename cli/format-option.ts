import { Option } from 'commander';

/** `--format`, with text for people first. */
export function formatOption(...others: readonly [string, ...string[]]): Option {
  return new Option('--format <format>', 'how to answer').choices(['text', ...others]).default('text');
}
