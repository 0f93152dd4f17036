import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { conformance, type Mapping } from '../../src/conform/index.ts'
import {
  defineProtocol,
  program as inSetting,
  match,
  type Protocol,
  type Threshold,
  weighted,
} from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'

interface Vote {
  state: { voted: string | null; done: boolean }
  message: { type: 'VOTE'; value: string }
  output: { done: string }
  rules: () => { quorum: Threshold }
}

type Change = {
  quorum?: Threshold
  forgets?: boolean
  fails?: boolean
  silent?: boolean
  blind?: boolean
  failsAfter?: boolean
}

/** Everybody votes for its input, and whoever sees a quorum is done. */
function voting({
  quorum = 3,
  forgets = false,
  fails = false,
  silent = false,
  blind = false,
  failsAfter = false,
}: Change = {}): Protocol {
  return defineProtocol<Vote>({
    name: 'voting',
    about: 'Votes.',
    rules: () => ({ quorum }),
    defaults: () => ({ f: 1, b: 0, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['a'], 2: ['a'] }, bounds: {} }),
    init: () => ({ voted: null, done: false }),
    input(state, value, ctx) {
      if (state.voted !== null) return
      if (!forgets) state.voted = value
      ctx.broadcast({ type: 'VOTE', value })
    },
    upon: {
      VOTE(state, { value }, ctx) {
        if (state.done) return
        if (fails && state.voted === null) throw new Error('no vote')
        ctx.need(
          ctx.rules.quorum,
          blind ? match<Vote['message']>('VOTE', {}) : match<Vote['message']>('VOTE', { value }),
        )
        if (failsAfter) throw new Error('no vote')
        state.done = true
        if (!silent) ctx.output({ done: value })
      },
    },
  })
}

/** What `check` says of a model and a program, with the sentence and the length of a difference. */
function compared(program: Protocol, mapping?: Mapping, model = voting()) {
  const { protocol, claims } = conformance(model, program, mapping)
  const [setting] = configure(protocol, { n: 3, byzantine: [] })
  const result = check({ program: inSetting(protocol, setting!), claims })
  const found = result.claims.find(({ claim }) => claim === 'conforms')!
  return { verdict: found.verdict, witness: found.witness }
}

test('a program that does the same is proved to', () => {
  expect(compared(voting()).verdict).toBe('holds')
  const quorum = weighted([1, 2], 3)
  expect(compared(voting({ quorum }), {}, voting({ quorum })).verdict).toBe('holds')
})

test.each([
  ['needs fewer votes', { quorum: 2 }, /the model asks for need 3 × VOTE .*, the program for need 2 × VOTE/],
  ['weighs votes', { quorum: weighted([1, 2], 3) }, /asks for need 3 .*, the program for need 3 of 1,2 × VOTE/],
  ['needs what nobody has', { quorum: weighted([1], 3) }, /asks for need 3 .*, the program for need 3 of 1 × VOTE/],
  ['needs more votes', { quorum: 4 }, /asks for need 3 .*, the program for need 4/],
  ['counts other votes', { blind: true }, /need 3 × VOTE {"value":"a"}, the program for need 3 × VOTE$/],
  [
    'keeps another state',
    { forgets: true },
    /input: the model is in state .*"voted":"a".*, the program .*"voted":null/,
  ],
  ['puts out nothing', { silent: true }, /the model outputs {"done":"a"}, the program nothing/],
  ['fails', { fails: true }, /the model asks for need 3 × VOTE .*, the program goes on without/],
  ['fails in the end', { failsAfter: true }, /the program fails, and the model does not: Error: no vote/],
] as const)('a program that %s is told apart', (_, change, sentence) => {
  const { verdict, witness } = compared(voting(change))
  expect(verdict).toBe('violated')
  expect(witness).toMatch(sentence)
})

describe('what is asked for by a function is compared on messages', () => {
  const value = (value: string) => match<any>('VOTE', { value })
  const valueByFunction = (value: string) => (m: any) => m.type === 'VOTE' && m.value === value
  const anyByFunction = () => (m: any) => m.type === 'VOTE'
  const asking = (kind: 'need' | 'take' | 'takeHighest', asked: (value: string) => any): Protocol =>
    defineProtocol<any>({
      ...(voting().definition as any),
      defaults: () => ({ f: 1, b: 0, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['b'], 2: ['a'] }, bounds: {} }),
      upon: {
        VOTE(state: any, { value }: any, ctx: any) {
          if (state.done) return
          ctx[kind](2, asked(value), ...(kind === 'need' ? [] : [() => 0]))
          state.done = true
          ctx.output({ done: value })
        },
      },
    })
  const verdict = (one: Protocol, other: Protocol, mapping?: Mapping) => {
    const { protocol, claims } = conformance(one, other, mapping)
    const [setting] = configure(protocol, { n: 3, byzantine: [] })
    const result = check({ program: inSetting(protocol, setting!), claims })
    const { verdict, witness } = result.claims.find(({ claim }) => claim === 'conforms')!
    return witness ?? verdict
  }
  const copied: Mapping = { message: (m) => m as never, back: (m) => ({ ...(m as object) }) as never }

  test.each(['need', 'take', 'takeHighest'] as const)('%s', (kind) => {
    const kindAsked = kind === 'need' ? 'need' : 'take'
    const [keyed, same, any] = [value, valueByFunction, anyByFunction].map((match) => asking(kind, match))
    for (const [one, other] of [
      [same, same],
      [keyed, same],
      [same, keyed],
    ]) {
      expect([verdict(one!, other!), verdict(one!, other!, copied)]).toEqual(['holds', 'holds'])
    }
    const program = `messages answer the ${kindAsked} 2 of the program, and not that of the model`
    expect(verdict(same!, any!)).toContain(program)
    expect(verdict(keyed!, any!, copied)).toContain(program)
    expect(verdict(any!, same!)).toContain(
      `messages answer the ${kindAsked} 2 of the model, and not that of the program`,
    )
  })
})

test('what is counted before anything happens is counted by both', () => {
  const early = defineProtocol<any>({
    ...(voting().definition as any),
    tallies: { votes: {} },
    init: (ctx: any) => ({ voted: null, done: ctx.tally('votes').add('a', 0) && ctx.tally('votes').count('a') > 1 }),
  })
  const { protocol, claims } = conformance(early, early)
  const [setting] = configure(protocol, { n: 3, byzantine: [] })
  expect(check({ program: inSetting(protocol, setting!), claims }).claims[0]!.verdict).toBe('holds')
})

test('states and messages are read in the words of the model', () => {
  const program = defineProtocol<any>({
    ...(voting().definition as any),
    init: () => ({ choice: '', finished: 0 }),
    input(state: any, value: string, ctx: any) {
      if (state.choice !== '') return
      state.choice = value
      ctx.broadcast({ type: 'BALLOT', for: value })
    },
    upon: {
      BALLOT(state: any, message: any, ctx: any) {
        if (state.finished) return
        ctx.need(3, match<any>('BALLOT', { for: message.for }))
        state.finished = 1
        ctx.output({ done: message.for })
      },
    },
  })
  const mapping: Mapping = {
    message: (ballot) => ({ type: 'VOTE', value: ballot.for }) as never,
    back: (vote) => ({ type: 'BALLOT', for: vote.value }) as never,
    state: ({ choice, finished }) => ({ voted: choice || null, done: finished === 1 }),
  }
  expect(compared(program, mapping).verdict).toBe('holds')
  expect(
    compared(program, { ...mapping, state: ({ choice }) => ({ voted: choice || null, done: false }) }),
  ).toMatchObject({
    verdict: 'violated',
  })
})

/** The same with votes that are counted for the replica, under a name of its own. */
function counting(tally: string, quorum: number): Protocol {
  return defineProtocol<any>({
    ...(voting().definition as any),
    rules: () => ({ quorum }),
    inbox: false,
    tallies: { [tally]: {} },
    init: () => ({ done: false }),
    input: (_state: any, value: string, ctx: any) => ctx.broadcast({ type: 'VOTE', value }),
    upon: {
      VOTE(state: any, { value }: any, ctx: any) {
        if (!ctx.tally(tally).add(value, ctx.from) || state.done) return
        if (ctx.tally(tally).count(value) < ctx.rules.quorum) return
        state.done = true
        ctx.output({ done: value })
      },
    },
  })
}

test.each([
  [2, 'holds'],
  [1, 'violated'],
] as const)('each counts its own votes, and what it makes of them is compared: a quorum of %i', (quorum, verdict) => {
  const { protocol, claims } = conformance(counting('votes', 2), counting('ballots', quorum))
  const [setting] = configure(protocol, { n: 3, byzantine: [] })
  const result = check({ program: inSetting(protocol, setting!), claims })
  const found = result.claims.find(({ claim }) => claim === 'conforms')!
  expect(found.verdict).toBe(verdict)
  if (verdict === 'holds') return
  expect(found.steps).toHaveLength(2)
  expect(found.witness).toMatch(/rule VOTE: the model sends|the model outputs nothing, the program {"done":"a"}/)
})

test('a state of which nothing can be told is not compared', () => {
  const blind: Mapping = { state: () => undefined }
  expect(compared(voting({ forgets: true })).verdict).toBe('violated')
  expect(compared(voting({ forgets: true }), blind).witness ?? '').not.toMatch(/is in state/)
  expect(compared(voting({ silent: true }), blind).verdict).toBe('violated')
})

test('what is out of the bounds of either is not compared', () => {
  const bounded = (most: number): Protocol =>
    defineProtocol<any>({
      ...(voting({ silent: true }).definition as any),
      within: ({ done }: any) => !done || most > 0,
    })
  // Nobody is ever done, so nothing is put out either.
  expect(compared(bounded(0)).verdict).toBe('vacuous')
  expect(compared(bounded(1)).verdict).toBe('violated')
})

test('what is in rounds, or listens to less, is refused', () => {
  const { upon: _, ...rest } = voting().definition as any
  expect(() => compared(defineProtocol<any>({ ...rest, upon: {} }))).toThrow(/the program has nothing for rule VOTE/)
  expect(() => conformance(voting(), voting(), { message: (one) => one })).toThrow(/without `back`/)
})
