import type { OnDemand } from '../../check/checking.ts'
import { HarnessError } from '../../model/index.ts'
import type { Engines } from './engines.ts'

let exhaustive: Engines['check'] | undefined
let loaded: OnDemand = {}

export const engines: Engines = {
  // Who only checks does not wait for the fuzzer to be loaded.
  runCampaign: async (...asked) => (await import('./campaign-threads.ts')).onThreads(...asked),
  check: (request) => {
    if (!exhaustive) throw new HarnessError('the exhaustive search is asked before it is loaded')
    return exhaustive(request)
  },
  // Nor does who replays wait for the exhaustive search, who asks for safety only for the search of healed runs, or who has
  // no tallies for what counts them.
  prepare: async ({ definition }, claims) => {
    exhaustive ??= await loadExhaustive()
    if (claims.some(({ kind }) => kind === 'liveness')) {
      loaded = { ...loaded, live: await import('../../check/liveness/liveness.ts') }
    }
    if (definition.tallies) {
      loaded = { ...loaded, sparse: (await import('../../check/counting/close-sparsely.ts')).closeSparsely }
    }
  },
  // Of one setting, nobody asks which others are like it.
  distinctSettings: async (...asked) =>
    (await import('../../check/settings/distinct-settings.ts')).distinctSettings(...asked),
  // A sweep brings simulations with it, which nobody else waits for.
  lookAtAll: async (...asked) => (await import('./sweep-pool.ts')).lookAtAll(...asked),
  certifies: true,
}

async function loadExhaustive(): Promise<Engines['check']> {
  const [{ checking }, { TABLE_PASSES }] = await Promise.all([
    import('../../check/checking.ts'),
    import('../../check/passes/table-passes.ts'),
  ])
  return (request) => checking(request, TABLE_PASSES, loaded)
}
