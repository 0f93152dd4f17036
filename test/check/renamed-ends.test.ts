/** One arrangement of interchangeable replicas stands for all where the order of firings is nothing; and there only. */
import { expect, test, vi } from 'vitest'
import { check } from '../../src/check/check.ts'
import { Healer } from '../../src/kernel/healed/index.ts'
import { defineProtocol, liveness, type Protocol, program } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import type { PassName } from '../../src/tables/passes/pass-names.ts'

interface Types {
  state: { late: boolean; went: boolean; taken: boolean }
  message: { type: 'TAKEN' } | { type: 'GO' }
  output: 'late' | 'bad'
  timer: 'nap'
}

/** Who goes first takes it from the other: in healed runs that is r1, if neither has gone yet. */
const firstTakes = defineProtocol<Types>({
  name: 'first-takes',
  about: 'Who is late and goes first does something bad.',
  rules: () => ({}),
  auth: 'channels',
  selfDelivery: 'none',
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
  init(ctx) {
    if (ctx.self === 0) ctx.broadcast({ type: 'GO' })
    else ctx.setTimer('nap')
    return { late: false, went: false, taken: false }
  },
  timeout: {
    nap(state, ctx) {
      state.late = true
      ctx.output('late')
    },
  },
  upon: {
    TAKEN(state, _, ctx) {
      if (ctx.self !== 0 && !state.went) state.taken = true
    },
    GO(state, _, ctx) {
      if (ctx.self === 0 || state.went) return
      state.went = true
      if (state.taken) return
      ctx.broadcast({ type: 'TAKEN' })
      if (state.late) ctx.output('bad')
    },
  },
}) as Protocol

const isStill = liveness<Types['output']>(
  {
    name: 'is-still',
    about: 'Where one replica is late, healing does nothing bad.',
    healing: 'deliveries',
    reads: ['before'],
  },
  (after, before) => {
    const bad = after.outputs.filter(({ output }) => output === 'bad')
    return before.outputs.length === 1 && bad.length > 0 ? 'it goes first' : undefined
  },
)

function said(without: readonly PassName[] = []): string {
  const [setting] = configure(firstTakes, { n: 3 })
  const { verdict, steps } = check({ program: program(firstTakes, setting!), claims: [isStill], without }).claims[0]!
  return steps ? `${verdict} in ${steps.length}` : verdict
}

test('where it makes a difference who goes first, each arrangement is healed', () => {
  for (const without of [[], ['symmetry'], ['quotient']] as PassName[][]) expect(said(without)).toBe('violated in 1')
})

test('it would be missed if every healed run counted as one whose order is nothing', () => {
  const unsound = vi.spyOn(Healer.prototype, 'isDeterminate').mockReturnValue(true)
  try {
    expect(said()).toBe('holds')
  } finally {
    unsound.mockRestore()
  }
})
