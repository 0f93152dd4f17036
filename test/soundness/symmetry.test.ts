/** Replicas are interchangeable only where all that they do, and all that they ask, is the same under other names. */
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import {
  type Claim,
  type Configuration,
  defineProtocol,
  invariant,
  liveness,
  match,
  program,
  sometimes,
} from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import type { PassName } from '../../src/tables/passes/pass-names.ts'

type Anything = any

function authored(definition: Anything) {
  return defineProtocol<Anything>({
    ...{ name: 'nearly-alike', about: 'Two replicas look alike.', rules: () => ({}), auth: 'channels' },
    ...{ defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], bounds: {} }), selfDelivery: 'none' },
    ...definition,
  })
}

const happens = sometimes<Anything>(
  { name: 'happens', about: 'Somebody puts something out.' },
  (o) => o.outputs.length > 0,
)

/** What is said of the claim with all passes, and without some; all have to say the same. */
function verdicts(
  protocol: ReturnType<typeof authored>,
  configuration: Configuration,
  claim: Claim<Anything>,
  ...without: PassName[][]
): string[] {
  const [setting] = configure(protocol, configuration)
  return without.map((passes) => {
    const result = check({ program: program(protocol, setting!), claims: [claim, happens], without: passes })
    const { verdict, steps } = result.claims[0]!
    return steps ? `${verdict} in ${steps.length}` : verdict
  })
}

/** r1 asks the same in two rules, and r2 something else in one of them. */
const twice = authored({
  init: (ctx: Anything) => {
    if (ctx.self === 0) for (const type of ['ONE', 'OTHER', 'X', 'Y']) ctx.broadcast({ type })
    return { said: 0, done: false }
  },
  input(state: Anything, value: string, ctx: Anything) {
    if (state.said !== (value === 'a' ? 0 : 1)) return
    state.said++
    ctx.output(value)
    ctx.broadcast({ type: value === 'a' ? 'Y' : 'X' })
  },
  upon: {
    ONE(state: Anything, _: Anything, ctx: Anything) {
      if (state.done) return
      ctx.need(2, match('X'))
      state.done = true
      ctx.output('done')
    },
    OTHER(state: Anything, _: Anything, ctx: Anything) {
      if (state.done) return
      ctx.need(2, match(ctx.self === 1 ? 'X' : 'Y'))
      state.done = true
      ctx.output('done')
    },
    X() {},
    Y() {},
  },
})

test('an edge that one has twice does not stand for two of the other', () => {
  const claim = invariant<Anything>(
    { name: 'late', about: 'Nobody is done before the second input.' },
    ({ outputs }) => {
      const has = (wanted: string) => outputs.some(({ output }) => output === wanted)
      return has('done') && !has('b') ? 'done too early' : undefined
    },
  )
  const configuration = { n: 3, f: 0, byzantine: [0], inputs: { 1: ['a', 'b'], 2: ['a', 'b'] } }
  const all = verdicts(twice, configuration, claim, [], ['quotient'], ['symmetry'], ['quotient', 'symmetry'])
  expect(all).toEqual(all.map(() => 'violated in 2'))
})

test('a message that comes of itself is not the same as an input that has to be given', () => {
  const done = (state: Anything, ctx: Anything) => {
    if (state.done) return
    ctx.need(2, match('X'))
    state.done = true
    ctx.output('done')
  }
  const protocol = authored({
    init: (ctx: Anything) => {
      if (ctx.self === 0 || ctx.self === 3) ctx.broadcast({ type: 'X' })
      return { done: ctx.self === 0 || ctx.self === 3 }
    },
    input: (state: Anything, _: string, ctx: Anything) => done(state, ctx),
    upon: {
      X(state: Anything, _: Anything, ctx: Anything) {
        if (ctx.self === 1) done(state, ctx)
      },
    },
  })
  const claim = liveness<Anything>(
    { name: 'together', about: 'Once somebody is done, all are.', healing: 'deliveries', reads: ['before'] },
    (after, before) => (before.outputs.length > 0 && after.outputs.length < 2 ? 'somebody is not done' : undefined),
  )
  const configuration = { n: 4, f: 0, b: 0, inputs: { 2: ['a'] } }
  const all = verdicts(protocol, configuration, claim, [], ['quotient'], ['symmetry'], ['quotient', 'symmetry'])
  expect(all).toEqual(all.map(() => 'violated in 1'))
})

test('what is alike within the bounds may differ beyond them', () => {
  const protocol = authored({
    defaults: () => ({ f: 0, b: 0, values: ['a'], bounds: { ends: 0 } }),
    within: (state: Anything, bounds: Anything) => bounds.ends > 0 || !state.ended,
    init: (ctx: Anything) => {
      if (ctx.self === 0) ctx.broadcast({ type: 'END' })
      return { chosen: ctx.self === 0, ended: false }
    },
    input(state: Anything, value: string, ctx: Anything) {
      if (state.chosen) return
      state.chosen = true
      ctx.output(value)
    },
    upon: {
      END(state: Anything, _: Anything, ctx: Anything) {
        if (state.ended) return
        state.ended = true
        if (ctx.self === 2) ctx.output('end')
      },
    },
  })
  const claim = liveness<Anything>(
    { name: 'ends', about: 'Whoever is the only one to choose ends.', healing: 'deliveries', reads: ['before'] },
    (after, before) => {
      const ends = after.outputs.filter(({ output }) => output === 'end').map(({ at }) => at)
      const [one, ...others] = before.outputs.map(({ at }) => at)
      return one !== undefined && others.length === 0 && !ends.includes(one) ? `r${one} does not end` : undefined
    },
  )
  const all = verdicts(protocol, { n: 3, f: 0, b: 0, inputs: { 1: ['a'], 2: ['a'] } }, claim, [], ['symmetry'])
  expect(all).toEqual(['violated in 1', 'violated in 1'])
})

/** Chooses, and then waits for what a Byzantine replica may say at any time; one who is silent says nothing of it. */
function choosing(wants: (ctx: Anything, value: string) => string) {
  return authored({
    init: (ctx: Anything) => {
      if (ctx.self === 3) for (const type of ['GO', 'X']) ctx.broadcast({ type })
      if (ctx.self === 0) for (const type of ['GO', 'X', 'Y']) ctx.broadcast({ type })
      return { chosen: null, done: ctx.self === 0 || ctx.self === 3 }
    },
    input(state: Anything, value: string, ctx: Anything) {
      if (state.done || state.chosen !== null) return
      state.chosen = value
      ctx.output('chosen')
    },
    upon: {
      GO(state: Anything, _: Anything, ctx: Anything) {
        if (state.done || state.chosen === null) return
        ctx.need(1, match(wants(ctx, state.chosen)))
        state.done = true
        state.chosen = null
        ctx.output('done')
      },
      X() {},
      Y() {},
    },
  })
}

const finishes = liveness<Anything>(
  { name: 'finishes', about: 'Whoever is the only one to choose is done.', healing: 'deliveries', reads: ['before'] },
  (after, before) => {
    const chosen = before.outputs.filter(({ output }) => output === 'chosen').map(({ at }) => at)
    const done = after.outputs.filter(({ output }) => output === 'done').map(({ at }) => at)
    return chosen.length === 1 && !done.includes(chosen[0]!) ? `r${chosen[0]} is not done` : undefined
  },
)

test('what only a Byzantine replica would say is not as good as what is said', () => {
  const one = choosing((_, value) => (value === 'a' ? 'X' : 'Y'))
  const other = choosing((ctx) => (ctx.self === 2 ? 'X' : 'Y'))
  const configuration = { n: 4, f: 1, byzantine: [0] }
  const states = verdicts(one, { ...configuration, inputs: { 1: ['a', 'b'] } }, finishes, [], ['quotient'])
  expect(states).toEqual(['violated in 1', 'violated in 1'])
  const replicas = verdicts(other, { ...configuration, inputs: { 1: ['a'], 2: ['a'] } }, finishes, [], ['symmetry'])
  expect(replicas).toEqual(['violated in 1', 'violated in 1'])
})

test('of what a Byzantine replica has said, one thing is not as good as another', () => {
  const protocol = authored({
    init: (ctx: Anything) => {
      if (ctx.self === 2) ctx.broadcast({ type: 'GO' })
      if (ctx.self === 0) for (const type of ['GO', 'X', 'Y']) ctx.broadcast({ type })
      return { wants: null, heard: false }
    },
    input(state: Anything, value: string, ctx: Anything) {
      if (state.wants !== null) return
      state.wants = value === 'a' ? 'X' : 'Y'
      ctx.output('chosen')
    },
    upon: {
      GO(state: Anything, _: Anything, ctx: Anything) {
        if (state.wants === null || state.wants === '') return
        ctx.need(1, match(state.wants))
        state.wants = ''
        ctx.output('done')
      },
      X() {},
      Y(state: Anything, _: Anything, ctx: Anything) {
        if (state.heard || ctx.self === 2) return
        state.heard = true
        ctx.output('heard')
      },
    },
  })
  const claim = liveness<Anything>(
    { name: 'hurry', about: 'Nobody is done later.', healing: 'deliveries', reads: ['before'] },
    (after, before) => {
      const isDone = (of: typeof after) => of.outputs.some(({ output }) => output === 'done')
      return isDone(after) && !isDone(before) ? 'somebody is done later' : undefined
    },
  )
  const configuration = { n: 3, f: 1, byzantine: [0], inputs: { 1: ['a', 'b'] } }
  expect(verdicts(protocol, configuration, claim, [], ['quotient'])).toEqual(['violated in 2', 'violated in 2'])
})

test('a claim that looks at one replica only is asked about every one in its place, each time', () => {
  const protocol = authored({
    init: (ctx: Anything) => {
      if (ctx.self === 0) ctx.broadcast({ type: 'GO' })
      return { chosen: false, spoilt: false, done: false }
    },
    input(state: Anything, value: string, ctx: Anything) {
      if (value === 'a' && !state.chosen) ctx.output('chosen')
      state.spoilt ||= state.chosen && value === 'b'
      state.chosen ||= value === 'a'
    },
    upon: {
      GO(state: Anything, _: Anything, ctx: Anything) {
        if (state.done || state.spoilt || !state.chosen) return
        state.done = true
        ctx.output('done')
      },
    },
  })
  const claim = liveness<Anything>(
    { name: 'r1-ends', about: 'If r1 has chosen, and no other, it is done.', healing: 'deliveries', reads: ['before'] },
    (after, before) => {
      if (before.outputs.length !== 1 || before.outputs[0]!.at !== 1) return undefined
      return after.outputs.length === 1 ? 'r1 is not done' : undefined
    },
  )
  const inputs = { 1: ['a', 'b'], 2: ['a', 'b'] }
  const all = verdicts(protocol, { n: 3, f: 0, b: 0, inputs }, claim, [], ['symmetry'])
  expect(all).toEqual(['violated in 2', 'violated in 2'])
})
