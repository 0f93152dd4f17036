import { checking, type LivenessEngine } from '../../check/checking.ts'
import { PASSES_BY_NAME } from '../../check/passes/passes.ts'
import type { Engines } from './engines.ts'

let live: LivenessEngine | undefined

export const engines: Engines = {
  // Who only checks does not wait for the fuzzer to be loaded.
  runCampaign: async (...asked) => (await import('./campaign-threads.ts')).onThreads(...asked),
  check: (request) => checking(request, PASSES_BY_NAME, live),
  // Nor does who asks for safety only wait for the search of healed runs.
  prepare: async (claims) => {
    if (claims.some(({ kind }) => kind === 'liveness')) live ??= await import('../../check/liveness/liveness.ts')
  },
  // Of one setting, nobody asks which others are like it.
  distinctSettings: async (...asked) =>
    (await import('../../check/settings/distinct-settings.ts')).distinctSettings(...asked),
  // A sweep brings simulations with it, which nobody else waits for.
  lookAtAll: async (...asked) => (await import('./sweep-pool.ts')).lookAtAll(...asked),
  certifies: true,
}
