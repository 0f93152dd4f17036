import { check } from '../check/check.ts'
import type { Engines } from './engines.ts'

export const engines: Engines = {
  // Who only checks does not wait for the fuzzer to be loaded.
  runCampaign: async (...asked) => (await import('./campaign-threads.ts')).onThreads(...asked),
  check,
  // Of one setting, nobody asks which others are like it.
  distinctSettings: async (...asked) => (await import('../check/distinct-settings.ts')).distinctSettings(...asked),
  // A sweep brings simulations with it, which nobody else waits for.
  lookAtAll: async (...asked) => (await import('./sweep-pool.ts')).lookAtAll(...asked),
  certifies: true,
}
