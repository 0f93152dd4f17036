/** Liveness is proved by what must have been used, and where nothing is left to deliver; and no more. */
import { expect, test, vi } from 'vitest'
import { check } from '../../src/check/check.ts'
import { HealedSteps } from '../../src/check/liveness/healed-steps.ts'
import { UsedSets } from '../../src/check/liveness/used-sets.ts'
import { WordsNeeded } from '../../src/check/liveness/words-needed.ts'
import { Guesses } from '../../src/kernel/healed/guesses.ts'
import { defineProtocol, HarnessError, liveness, type Protocol, program } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { type PassName, REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { looked } from '../laws/second/looked-at-liveness.ts'

interface Types {
  state: { at: 'start' | 'ready' | 'off'; view: number }
  message: { type: 'X' } | { type: 'Y' } | { type: 'HELP' }
  output: 'ready' | 'helped'
  timer: 'view'
}

/**
 * HELP of Byzantine r0 makes r1 ready, and all get it by gossip in the healed run. So does Y, if it comes before X, as in
 * no healed run: then nobody has got HELP.
 */
const twoWays = (hasOther: boolean): Protocol =>
  defineProtocol<Types>({
    name: 'two-ways',
    about: 'Two ways to one state, and a message was used on one of them only.',
    rules: () => ({}),
    auth: 'channels',
    network: { gossip: true },
    defaults: () => ({ f: 1, b: 1, values: ['a'], inputs: {}, bounds: { views: 1 } }),
    within: ({ view }, { views }) => view < views!,
    viewOf: ({ view }) => view,
    init(ctx) {
      if (ctx.self === 2) for (const type of ['X', 'Y'] as const) ctx.broadcast({ type })
      if (ctx.self === 2) ctx.setTimer('view')
      return { at: 'start', view: 0 }
    },
    timeout: {
      view(state) {
        state.view++
      },
    },
    upon: {
      X(state, _, ctx) {
        if (ctx.self === 1 && ctx.from === 2 && state.at === 'start') state.at = 'off'
      },
      Y(state, _, ctx) {
        if (!hasOther || ctx.self !== 1 || ctx.from !== 2 || state.at !== 'start') return
        state.at = 'ready'
        ctx.output('ready')
      },
      HELP(state, _, ctx) {
        if (ctx.self === 2 && state.at === 'start') ctx.output('helped')
        if (ctx.self === 2) state.at = 'off'
        if (ctx.self !== 1 || state.at !== 'start') return
        state.at = 'ready'
        ctx.output('ready')
      },
    },
    alphabet: () => [{ type: 'X' }, { type: 'Y' }, { type: 'HELP' }],
  }) as Protocol

const helps = liveness<Types['output']>(
  { name: 'helps', about: 'Where r1 is ready, r2 has got help.', healing: 'full' },
  ({ outputs }) => {
    const has = (wanted: string) => outputs.some(({ output }) => output === wanted)
    return has('ready') && !has('helped') ? 'r2 has got no help' : undefined
  },
)

function said(hasOther: boolean, without: readonly PassName[] = []): string {
  const protocol = twoWays(hasOther)
  const [setting] = configure(protocol, { n: 3, byzantine: [0] })
  const { verdict, steps } = check({ program: program(protocol, setting!), claims: [helps], without }).claims[0]!
  return steps ? `${verdict} in ${steps.length}` : verdict
}

test('what all ways to a state needed was used; what some needed may have been', () => {
  for (const without of [[], ['forget'], REDUCTIONS] as PassName[][]) {
    expect(said(false, without)).toBe('holds')
    expect(said(true, without)).toBe('violated in 1')
  }
})

/** With an unsound part in the place of a sound one. */
function withTwin<T>(spy: { mockRestore(): void }, run: () => T): T {
  try {
    return run()
  } finally {
    spy.mockRestore()
  }
}

test('it would be missed if what one way needed was taken for what all did', () => {
  const unsound = vi.spyOn(WordsNeeded.prototype, 'either').mockImplementation(function (this: WordsNeeded, a, b) {
    return this.both(a, b)
  })
  expect(withTwin(unsound, () => said(true))).toBe('holds')
})

test('it would be missed if it was never possible that something is missing', () => {
  const unsound = vi.spyOn(Guesses.prototype, 'isPossible').mockReturnValue(false)
  expect(withTwin(unsound, () => said(true))).toBe('holds')
})

test('without what was used, a violation that is found step by step would not replay', () => {
  const unsound = vi.spyOn(UsedSets.prototype, 'plus').mockReturnValue(0)
  expect(() => withTwin(unsound, () => said(false, ['forget']))).toThrow(HarnessError)
})

/** A protocol of the second generator whose healed run goes beyond a bound by a delivery. */
const BEYOND = 119

test('what is delivered beyond a bound is judged where it begins: the laws would notice it if it were not', () => {
  expect(looked(BEYOND).wrong).toEqual([])
  const unsound = vi.spyOn(HealedSteps.prototype, 'has').mockReturnValue(true)
  expect(withTwin(unsound, () => looked(BEYOND).wrong)).not.toEqual([])
})
