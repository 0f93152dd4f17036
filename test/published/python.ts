/**
 * What the published Python program itself measures, for n = 10, delays of 5 to 35 ms, 5 % reordered, timeout 2 s.
 *
 * Obtained by putting its published text together again and running it, unchanged and with Python's own random numbers,
 * on an asyncio event loop whose clock jumps to the next timer: no time passes, and none is lost to computing. 200
 * trials a point, seed 11, trial seeds as published. `once` is the same with one line more, which sends COMMIT once.
 */
export const PYTHON = {
  trials: 200,
  points: [
    { malicious: 0, successes: 200, primaryByzantine: 0, meanMs: 212.84, once: 106.99 },
    { malicious: 1, successes: 174, primaryByzantine: 26, meanMs: 187.33, once: 106.81 },
    { malicious: 2, successes: 165, primaryByzantine: 35, meanMs: 158.67, once: 106.07 },
    { malicious: 3, successes: 135, primaryByzantine: 65, meanMs: 132.5, once: 106.91 },
    { malicious: 4, successes: 0, primaryByzantine: 81, meanMs: null, once: null },
    { malicious: 5, successes: 0, primaryByzantine: 95, meanMs: null, once: null },
    { malicious: 6, successes: 0, primaryByzantine: 124, meanMs: null, once: null },
    { malicious: 7, successes: 0, primaryByzantine: 133, meanMs: null, once: null },
    { malicious: 8, successes: 0, primaryByzantine: 160, meanMs: null, once: null },
    { malicious: 9, successes: 0, primaryByzantine: 176, meanMs: null, once: null },
  ],
  /** The means by the replicas that sent PREPARE for the proposal, 2,000 trials a point: `[malicious, votes, ms]`. */
  byVotes: [
    [0, 10, 213.4],
    [1, 9, 177.7],
    [1, 10, 212.9],
    [2, 8, 142.2],
    [2, 9, 177.3],
    [2, 10, 212.9],
    [3, 7, 107.8],
    [3, 8, 142],
    [3, 9, 175.8],
    [3, 10, 207.6],
  ],
} as const
