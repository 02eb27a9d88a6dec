/** How long to wait before the next try: exponential, with full jitter in its upper half, and no last try. */

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Return the delay before try `attempt` (0 is the first retry), at most one second for the first. */
export function retryDelay(attempt: number, random: () => number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt + 1, 16));
  return ceiling / 2 + (random() * ceiling) / 2;
}
