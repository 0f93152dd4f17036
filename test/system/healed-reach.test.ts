/** How far the healed run goes, and whose clock ticks first in it: `healsWithin` and `expiresFirst`. */
import { expect, test } from 'vitest'
import { referenceSearch } from '../../properties/laws/reference-search.ts'
import { check } from '../../src/check/check.ts'
import { defineProtocol, liveness, type Program, program, type Setting } from '../../src/model/index.ts'
import { configure, heal, start } from '../../src/system/index.ts'

interface Types {
  state: { epoch: number }
  message: { type: 'PROPOSAL'; epoch: number }
  output: { heard: number }
  timer: 'epoch'
  rules: typeof rules
}

const rules = ({ n }: Setting) => ({ leader: (epoch: number) => epoch % n })

/** Who leads an epoch says so at its end; the others hear it only before that of their own. It never ends. */
const ticking = (declared: { readonly reach?: number; readonly leaderFirst?: boolean }) =>
  defineProtocol<Types>({
    name: 'ticking',
    about: 'Epochs that a clock ends, without end.',
    rules,
    defaults: () => ({ f: 0, b: 0, inputs: {}, bounds: { epochs: 1 } }),
    within: ({ epoch }, { epochs }) => epoch <= epochs!,
    ...(declared.reach !== undefined && { healsWithin: ({ epoch }: Types['state']) => epoch <= declared.reach! }),
    ...(declared.leaderFirst && {
      expiresFirst: ({ epoch }: Types['state'], self: number, { leader }: ReturnType<typeof rules>) =>
        leader(epoch) === self,
    }),
    viewOf: ({ epoch }) => epoch,
    init(ctx) {
      ctx.setTimer('epoch')
      return { epoch: 0 }
    },
    timeout: {
      epoch(state, ctx) {
        ctx.setTimer('epoch')
        if (ctx.rules.leader(state.epoch) === ctx.self) ctx.broadcast({ type: 'PROPOSAL', epoch: state.epoch })
        state.epoch += 1
      },
    },
    upon: {
      PROPOSAL(state, { epoch }, ctx) {
        if (epoch !== state.epoch) return
        ctx.output({ heard: epoch })
        state.epoch += 1
      },
    },
  })

type Declared = Parameters<typeof ticking>[0]
const programOf = (declared: Declared): Program => {
  const protocol = ticking(declared)
  return program(protocol, configure(protocol, { n: 3 })[0]!)
}
const endOf = (declared: Declared) => {
  const one = programOf(declared)
  return heal(one, start(one), [], 'full')
}

test('without a word on it, n + 1 timers expire; with one, as many as it takes to get there', () => {
  expect(endOf({}).rounds).toBe(4)
  const { system, rounds } = endOf({ reach: 20 })
  expect(rounds).toBeGreaterThan(4)
  expect(system.locals.map((local) => (local!.state as Types['state']).epoch)).toEqual([20, 20, 20])
})

test('what is within the bounds is within reach', () => {
  const { system } = endOf({ reach: 0 })
  expect(system.locals.map((local) => (local!.state as Types['state']).epoch)).toEqual([1, 1, 1])
})

test('the others hear a leader if its clock ticks first', () => {
  const heard = ({ outputs }: ReturnType<typeof endOf>['system']) => outputs.flat().length
  // r0 is the first by id; r1 and r2 speak when r0 is gone.
  expect(heard(endOf({ reach: 3 }).system)).toBeLessThan(heard(endOf({ reach: 3, leaderFirst: true }).system))
  expect(heard(endOf({ reach: 3, leaderFirst: true }).system)).toBe(6)
})

/** Everybody hears a leader after the bounds. */
const hearsLater = liveness<Types['output']>(
  { name: 'hears-later', about: 'Everybody hears a later leader.' },
  (after) => {
    const late = new Set(after.outputs.flatMap(({ at, output }) => (output.heard > 1 ? [at] : [])))
    return late.size === after.correct.length ? undefined : 'somebody hears nothing any more'
  },
)

test.each([
  [{ reach: 5, leaderFirst: true }, 'holds'],
  [{ reach: 5 }, 'violated'],
  [{ reach: 2, leaderFirst: true }, 'violated'],
] as const)('the tables and `apply` say the same: %j', (declared, verdict) => {
  const one = programOf(declared)
  const { claims } = check({ program: one, claims: [hearsLater] })
  expect(claims.find(({ claim }) => claim === 'hears-later')).toMatchObject({ verdict })
  const reference = referenceSearch(one, [hearsLater], [], 10_000)
  expect(reference.claims[0]).toMatchObject({ verdict })
})
