/** Liveness is proved where silent steps are postponed, and where it is not told apart what was used; and no more. */
import { expect, test, vi } from 'vitest'
import { check } from '../../src/check/check.ts'
import { WordsBehind } from '../../src/check/liveness/words-behind.ts'
import { Guesses } from '../../src/kernel/healed/guesses.ts'
import { Healer } from '../../src/kernel/healed/index.ts'
import { defineProtocol, liveness, type Protocol, program } from '../../src/model/index.ts'
import { brachaByDelivery } from '../../src/protocols/bracha-by-delivery.ts'
import { registry } from '../../src/protocols/index.ts'
import { configure } from '../../src/system/index.ts'
import type { PassName } from '../../src/tables/passes/pass-names.ts'

interface Types {
  state: { first: string | null; done: boolean }
  message: { type: 'X' } | { type: 'Y' } | { type: 'GO' }
  output: 'done'
}

/** r2 is done where X came first, as in a healed run: but Y may have come before anything heals. */
const firstComes = defineProtocol<Types>({
  name: 'first-comes',
  about: 'The first message spoils the other one.',
  rules: () => ({}),
  auth: 'channels',
  selfDelivery: 'none',
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
  init(ctx) {
    if (ctx.self === 0) for (const type of ['X', 'Y', 'GO'] as const) ctx.broadcast({ type })
    return { first: null, done: false }
  },
  upon: {
    X(state) {
      state.first ??= 'X'
    },
    Y(state) {
      state.first ??= 'Y'
    },
    GO(state, _, ctx) {
      if (state.done || state.first !== 'X' || ctx.self !== 2) return
      state.done = true
      ctx.output('done')
    },
  },
}) as Protocol

const finishes = liveness<Types['output']>(
  { name: 'finishes', about: 'In the end r2 is done.', healing: 'deliveries' },
  (after) => (after.outputs.length === 0 ? 'r2 is not done' : undefined),
)

function said(without: readonly PassName[], protocol = firstComes, crash: readonly number[] = []): string {
  const [setting] = configure(protocol, { n: 3, crash })
  const { verdict, steps } = check({ program: program(protocol, setting!), claims: [finishes], without }).claims[0]!
  return steps ? `${verdict} in ${steps.length}` : verdict
}

/** r2 has to be told by r0 while r1, which may crash, has told it nothing: that is not sure to arrive. */
const crashSpoils = defineProtocol<Types>({
  name: 'crash-spoils',
  about: 'A message of a replica that may crash spoils the other one.',
  rules: () => ({}),
  auth: 'channels',
  selfDelivery: 'none',
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: {}, bounds: {} }),
  init(ctx) {
    if (ctx.self < 2) ctx.broadcast({ type: ctx.self === 0 ? 'GO' : 'Y' })
    return { first: null, done: false }
  },
  upon: {
    X() {},
    Y(state) {
      state.first = 'Y'
    },
    GO(state, _, ctx) {
      if (state.done || state.first !== null || ctx.self !== 2) return
      state.done = true
      ctx.output('done')
    },
  },
}) as Protocol

test('what comes first may spoil the rest: that is searched step by step', () => {
  expect(said([])).toBe('violated in 1')
  expect(said(['big-step'])).toBe('violated in 1')
})

test('what a replica that may crash has said is judged where it was heard: it does not arrive in the healed run', () => {
  expect(said([], crashSpoils, [1])).toBe('violated in 1')
  expect(said(['lazy'], crashSpoils, [1])).toBe('violated in 1')
})

test('it would be missed if only the state were judged from which silent steps lead on', () => {
  const { always } = Healer.prototype
  const unsound = vi.spyOn(Healer.prototype, 'always').mockImplementation(function (this: Healer, starts, ...rest) {
    return always.call(this, { ...starts, locals: starts.locals.map((some) => some.slice(0, 1)) }, ...rest)
  })
  try {
    expect(said([])).toBe('holds')
  } finally {
    unsound.mockRestore()
  }
})

interface Late {
  state: { view: number; heard: boolean; stuck: boolean; done: boolean }
  message: { type: 'STOP' } | { type: 'GO' }
  output: 'done'
  timer: 'view'
}

/** What r1 has heard of Byzantine r0, r2 hears in the healed run: there it does harm in a view that no bound allows. */
const harmsLate = (looksAtSender: boolean): Protocol =>
  defineProtocol<Late>({
    name: 'harms-late',
    about: 'A message that was used does harm in the healed run only.',
    rules: () => ({}),
    auth: 'channels',
    network: { gossip: true },
    defaults: () => ({ f: 1, b: 1, values: ['a'], inputs: {}, bounds: { views: 1 } }),
    within: ({ view }, { views }) => view < views!,
    viewOf: ({ view }) => view,
    init(ctx) {
      if (ctx.self === 1) ctx.broadcast({ type: 'GO' })
      ctx.setTimer('view', 1)
      return { view: 0, heard: false, stuck: false, done: false }
    },
    timeout: {
      view(state) {
        state.view++
      },
    },
    upon: {
      STOP(state, _, ctx) {
        if (looksAtSender && ctx.from !== 0) return
        if (state.view === 0 && ctx.self === 1) state.heard = true
        if (state.view === 1 && ctx.self === 2 && !state.done) state.stuck = true
      },
      GO(state, _, ctx) {
        if (state.view === 0 || state.stuck || state.done || ctx.self !== 2) return
        state.done = true
        ctx.output('done')
      },
    },
    alphabet: () => [{ type: 'STOP' }, { type: 'GO' }],
  }) as Protocol

function saidOfLate(looksAtSender: boolean): string {
  const protocol = harmsLate(looksAtSender)
  const [setting] = configure(protocol, { n: 3, byzantine: [0] })
  const live = liveness<Late['output']>(
    { name: 'finishes', about: 'In the end r2 is done.', healing: 'full' },
    (after) => (after.outputs.length === 0 ? 'r2 is not done' : undefined),
  )
  const { verdict, steps } = check({ program: program(protocol, setting!), claims: [live] }).claims[0]!
  return steps ? `${verdict} in ${steps.length}` : verdict
}

test('what the coalition said may have been used: it is heard in the healed run', () => {
  expect(saidOfLate(false)).toBe('violated in 1')
  expect(saidOfLate(true)).toBe('violated in 1')
})

test('it would be missed if nothing had been used that is not noted', () => {
  const unsound = vi.spyOn(WordsBehind.prototype, 'mayBehind').mockReturnValue(false)
  try {
    expect(saidOfLate(false)).toBe('holds')
  } finally {
    unsound.mockRestore()
  }
})

test('it would be missed if a word that makes a difference were not asked for', () => {
  const unsound = vi.spyOn(Guesses.prototype, 'has').mockReturnValue(false)
  try {
    expect(saidOfLate(false)).toBe('holds')
  } finally {
    unsound.mockRestore()
  }
})

test('votes that are only counted are postponed, with the same verdict', () => {
  const [setting] = configure(brachaByDelivery as Protocol, { n: 4, f: 1, byzantine: [0], values: ['a'] })
  const { claims } = registry.find(({ protocol }) => protocol.subject === 'bracha-by-delivery')!.properties
  const totality = claims.filter(({ name }) => name === 'totality')
  const of = (without: readonly PassName[]) => {
    const { claims: checked, states } = check({
      program: program(brachaByDelivery as Protocol, setting!),
      claims: totality,
      without,
    })
    return { verdict: checked[0]!.verdict, states }
  }
  const [postponed, each] = [of([]), of(['lazy'])]
  expect(postponed.verdict).toBe(each.verdict)
  expect(postponed.states).toBeLessThan(each.states / 3)
})
