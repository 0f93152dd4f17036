/** Votes that a replica keeps itself: what is refused, what is one state, and what a rule can learn of them. */
import { describe, expect, test } from 'vitest'
import { defineProtocol, invariant, match, program } from '../../src/model/index.ts'
import { digestOf } from '../../src/system/digest-of.ts'
import { apply, configure, type System, start } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked, fuzzed, neverBad } from './author.ts'

const votes = { inbox: false, selfDelivery: 'none', tallies: { votes: {} } }
const everybody = { defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: 'any', bounds: {} }) }
const counting = (act: (tally: Anything, ctx: Anything, message: Anything) => void, more: Anything = {}) =>
  authored((_: Anything, message: Anything, ctx: Anything) => act(ctx.tally('votes'), ctx, message), {
    ...votes,
    ...more,
  })

let kept: Anything
const refused: readonly (readonly [what: string, protocol: ReturnType<typeof authored>, says: RegExp])[] = [
  ['a tally that is not declared', counting((_, ctx) => ctx.tally('vote')), /rule V: it names the tally vote, which/],
  [
    'no tallies at all',
    authored((_: Anything, __: Anything, ctx: Anything) => ctx.tally('votes').count('a') as never, {}),
    /names the tally votes/,
  ],
  ['a key that is no JSON', counting((tally) => void tally.add(new Map(), 0)), /rule V: key of votes is a Map/],
  ['a key that is missing', counting((tally) => void tally.count(undefined)), /rule V: key of votes/],
  [
    'a voter that is nobody',
    counting((tally) => void tally.add('a', 3)),
    /rule V: it names the voter 3 in tally votes/,
  ],
  ['a voter that is missing', counting((tally) => void tally.has('a')), /names the voter undefined/],
  ['a voter that is a name', counting((tally) => void tally.voted('r0')), /names the voter r0/],
  [
    'a vote that is counted in a match',
    counting((tally, ctx) => ctx.need(1, (_: Anything, from: number) => tally.add('a', from)), { inbox: true }),
    /counts a vote in a match/,
  ],
  [
    'a vote that is counted later',
    counting((tally) => {
      kept?.add('a', 0)
      kept = tally
    }),
    /counts a vote after it has returned/,
  ],
  [
    'a bound that is no answer',
    counting((tally) => void tally.add('a', 0), { tallies: { votes: { within: () => 1 } } }),
    /tally votes, within: it returns a number/,
  ],
]

describe('refused by check and by fuzz', () => {
  test.each(refused)('%s', async (_, protocol, says) => {
    expect(() => checked(protocol)).toThrow(says)
    await expect(fuzzed(protocol)).rejects.toThrow(says)
  })

  test.each(['Votes', '__proto__', 'constructor', 'two words'])('the name %s', (name) => {
    const tallies = Object.fromEntries([[name, {}]])
    expect(() => defineProtocol({ ...authored(() => {}).definition, tallies })).toThrow('tally name')
  })
})

test('the order in which votes arrive, and that of the fields of a key, are no part of a state', () => {
  const protocol = counting((tally, ctx, { v }) => {
    const key = ctx.from === 1 ? { v, w: 1 } : { w: 1, v }
    tally.add(key, ctx.from)
    tally.add('z', ctx.from)
  }, everybody)
  for (const copies of [true, false]) {
    const of = { ...program(protocol, configure(protocol, { n: 3 })[0]!), copies }
    const said = [0, 1, 2].reduce((system, at) => apply(of, system, { at, input: 'a' }), start(of))
    const heard = (system: System, from: number) =>
      apply(of, system, { at: 0, rule: 'V', on: { from, message: { type: 'V', v: 'a' } as never } })
    const [one, other] = [
      [1, 2],
      [2, 1],
    ].map((order) => order.reduce(heard, said))
    expect(digestOf(one!)).toBe(digestOf(other!))
    expect(one!.locals[0]!.tallies).toEqual({
      votes: [
        { key: 'z', voters: [1, 2] },
        { key: { v: 'a', w: 1 }, voters: [1, 2] },
      ],
    })
    expect(() => heard(one!, 1)).toThrow('changes nothing')
  }
})

/** r0 counts whoever says V to it, and asks on each W. */
const asked = (act: (tally: Anything, ctx: Anything) => boolean, more: Anything = {}) =>
  authored(
    {
      V: (_: Anything, { v }: Anything, ctx: Anything) => void ctx.tally('votes').add(v, ctx.from),
      W(state: Anything, _: Anything, ctx: Anything) {
        if (state.done || !act(ctx.tally('votes'), ctx)) return
        state.done = true
        ctx.output('bad')
      },
    },
    {
      ...votes,
      defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: { 1: ['a', 'b'], 2: ['a'], 3: ['b'] }, bounds: {} }),
      input(state: Anything, v: string, ctx: Anything) {
        if (state.said > 1) return
        state.said++
        ctx.send(0, { type: 'V', v })
        ctx.send(0, { type: 'W' })
      },
      ...more,
    },
  )

const questions: readonly (readonly [what: string, act: (tally: Anything, ctx: Anything) => boolean])[] = [
  ['how many', (tally) => tally.count('a') >= 2],
  ['how many for two keys', (tally) => tally.count('a') === 1 && tally.count('b') === 2],
  ['whether the sender is among them', (tally, ctx) => tally.has('a', ctx.from) && tally.count('a') === 2],
  ['whether the sender is not', (tally, ctx) => !tally.has('b', ctx.from) && tally.count('b') === 2],
  ['whether the sender is in two', (tally, ctx) => tally.has('a', ctx.from) && tally.has('b', ctx.from)],
  ['whether somebody certain is', (tally) => tally.has('b', 3)],
  ['whether the sender of all has voted', (tally, ctx) => tally.voted(ctx.from) && tally.count('a') === 2],
  ['whether somebody certain has voted', (tally) => !tally.voted(2) && tally.voted(3) && tally.count('b') === 2],
  ['whether this replica is', (tally, ctx) => tally.add('a', ctx.self) && tally.count('a') === 3],
  ['whether the sender has voted for what nobody says', (tally, ctx) => !tally.add('c', ctx.from)],
]

describe('the verdict is that of the search without reductions, where a rule asks', () => {
  test.each(questions)('%s', (_, act) => {
    for (const duplicate of [true, false]) {
      const protocol = asked(act, { network: { duplicate } })
      const plain = checked(protocol, { n: 4 }, undefined, REDUCTIONS)
      const reduced = checked(protocol, { n: 4 })
      // What takes a second delivery has no answer where there is none.
      if (duplicate || reduced['never-bad'] !== 'inconclusive') expect(reduced).toEqual(plain)
      expect(plain).toMatchObject({ 'never-bad': expect.stringContaining(duplicate ? 'violated' : '') })
    }
  })
})

test('a rule that throws has counted nothing, and a step beyond the bound of a key is not taken', () => {
  const protocol = counting((tally, ctx, { v }) => {
    tally.add(v, ctx.from)
    if (v === 'b') throw new Error('b')
  })
  const of = program(protocol, configure(protocol, { n: 2 })[0]!)
  const said = ['a', 'b'].reduce((system, input) => apply(of, system, { at: 0, input }), start(of))
  const hears = (v: string) => ({ at: 1, rule: 'V', on: { from: 0, message: { type: 'V', v } as never } })
  expect(apply(of, said, hears('b')).locals[1]).toMatchObject({ threw: 'Error: b' })
  expect(apply(of, said, hears('b')).locals[1]!.tallies).toBeUndefined()
  const bounded = counting((tally, ctx, { v }) => void tally.add(v, ctx.from), {
    tallies: { votes: { within: (key: string) => key !== 'b' } },
  })
  const within = program(bounded, configure(bounded, { n: 2 })[0]!)
  const heard = ['a', 'b'].reduce((system, input) => apply(within, system, { at: 0, input }), start(within))
  expect(apply(within, heard, hears('a')).locals[1]!.tallies).toBeDefined()
  expect(() => apply(within, heard, hears('b'))).toThrow('changes nothing')
})

test('a question may ask for votes while it waits', () => {
  const protocol = counting(
    (tally, ctx) => {
      ctx.need(2, match<Anything>('V'))
      if (tally.add('a', ctx.from) && tally.count('a') === 2) ctx.output('bad')
    },
    { inbox: true, ...everybody },
  )
  expect(checked(protocol)).toEqual(checked(protocol, { n: 3 }, undefined, REDUCTIONS))
})

test('who says W need not have said V, of which the votes are', () => {
  const only = (act: (tally: Anything, ctx: Anything) => boolean) =>
    asked(act, {
      defaults: () => ({ f: 0, b: 0, values: ['v', 'w'], inputs: { 1: ['v'], 2: ['v'], 3: ['w'] }, bounds: {} }),
      network: { duplicate: false },
      input(state: Anything, v: string, ctx: Anything) {
        if (state.said > 0) return
        state.said++
        ctx.send(0, v === 'v' ? { type: 'V', v } : { type: 'W' })
      },
    })
  const not = only((tally, ctx) => !tally.has('v', ctx.from) && tally.count('v') === 2)
  expect(checked(not, { n: 4 })).toEqual({ 'never-bad': 'violated in 6' })
  const is = only((tally, ctx) => tally.has('v', ctx.from) && tally.count('v') === 2)
  expect(checked(is, { n: 4 })).toEqual(checked(is, { n: 4 }, undefined, REDUCTIONS))
})

test('a sender whom one replica does not count makes a difference there', () => {
  const protocol = counting(
    (tally, ctx, { v }) => {
      if (ctx.from === 1 && ctx.self === 2) return
      if (tally.add(v, ctx.from) && tally.count(v) === 4) ctx.output('four')
    },
    { ...everybody, network: { duplicate: false }, selfDelivery: 'network' },
  )
  const never = invariant<Anything>({ name: 'never', about: 'r2 never has four.' }, ({ outputs }) =>
    outputs.some(({ at }) => at === 2) ? 'r2 has four' : undefined,
  )
  expect(checked(protocol, { n: 4 }, [never, neverBad[1]!])).toEqual({ never: 'holds' })
})
