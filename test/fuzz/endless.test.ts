import { expect, test } from 'vitest'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { defineProtocol, match } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

/** Counts for ever once it has heard anything: its rule is never disabled by what it does. */
const counting = defineProtocol<{ state: { count: number }; message: { type: 'GO' } }>({
  name: 'counting',
  about: 'Its only rule is always enabled.',
  rules: () => ({}),
  defaults: () => ({ f: 0, b: 0, inputs: { 0: ['a'] }, bounds: {} }),
  init: () => ({ count: 0 }),
  input(_state, _value, ctx) {
    ctx.broadcast({ type: 'GO' })
  },
  upon: {
    GO(state, _message, ctx) {
      ctx.need(1, match('GO'))
      state.count++
    },
  },
})

test('a rule that fires without end is the author’s mistake, and is told instead of hanging', async () => {
  const [setting] = configure(counting, { n: 2, steps: 'eager' })
  const campaign = {
    ...{ subject: 'counting', settings: [setting!], claims: [], runs: 1, firstRun: 0, seed: 1, maxSteps: 50 },
    ...{ strategies: ['silent'], schedulers: ['random-walk'] },
  }
  await expect(runHere(campaign, counting, [])).rejects.toThrow(
    /counting: after 10000 firings the rules of one replica still change its state/,
  )
})
