import { isForced } from '../../check/game/forced-claims.ts'
import type { OnDemand } from '../../check/on-demand.ts'
import { HarnessError } from '../../model/index.ts'
import type { Engines } from './engines.ts'
import type { exhaustive } from './exhaustive.ts'

let search: typeof exhaustive | undefined
let loaded: OnDemand = {}

export const engines: Engines = {
  // Who only checks does not wait for the fuzzer to be loaded.
  runCampaign: async (...asked) => (await import('./campaign-threads.ts')).onThreads(...asked),
  check: (request) => {
    if (!search) throw new HarnessError('the exhaustive search is asked before it is loaded')
    return search(request, loaded)
  },
  // Nor does who replays wait for the exhaustive search, who asks for safety only for the search of healed runs, or who has
  // no tallies for what counts them.
  prepare: async ({ definition }, claims) => {
    search ??= (await import('./exhaustive.ts')).exhaustive
    if (claims.some(({ kind }) => kind === 'liveness')) {
      loaded = { ...loaded, live: await import('../../check/liveness/liveness.ts') }
    }
    if (claims.some(isForced)) loaded = { ...loaded, game: (await import('../../check/game/game.ts')).playGame }
    if (definition.tallies) {
      loaded = { ...loaded, sparse: (await import('../../tables/counting/close-sparsely.ts')).closeSparsely }
    }
  },
  // Of one setting, nobody asks which others are like it.
  distinctSettings: async (...asked) =>
    (await import('../../check/settings/distinct-settings.ts')).distinctSettings(...asked),
  // A sweep brings simulations with it, which nobody else waits for.
  lookAtAll: async (...asked) => (await import('./sweep-pool.ts')).lookAtAll(...asked),
  certifies: true,
}
