/** A claim sees what it declares, and is judged whenever that changes, in every engine. */
import { describe, expect, test } from 'vitest'
import { agreement } from '../../properties/claims.ts'
import { liveness, program, sometimes } from '../../src/model/index.ts'
import { bracha } from '../../src/protocols/bracha.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { brokenBy, configure, packed, start } from '../../src/system/index.ts'
import { REDUCTIONS } from '../../src/tables/passes/pass-names.ts'
import { type Anything, authored, checked, fuzzed } from './author.ts'
import { of, paying, refused, simulated, some } from './claimed.ts'

describe('a claim that looks at what it does not declare', () => {
  const looks: readonly (readonly [what: string, broken: (o: Anything) => Anything, says: RegExp])[] = [
    ['soup', (o) => (o.soup.length > 99 ? 'much' : undefined), /claim it looks at soup, which it does not declare/],
    ['fresh', (o) => (o.fresh.length > 99 ? 'much' : undefined), /claim it looks at fresh, which it does not declare/],
    ['order', (o) => (o.order ? 'much' : undefined), /claim it looks at order, which it does not declare/],
    [
      'soup in try … catch',
      (o) => {
        try {
          return o.soup.length > 99 ? 'much' : undefined
        } catch {
          return undefined
        }
      },
      /claim it looks at soup/,
    ],
    [
      'notes',
      (o) => (o.outputs.some((x: Anything) => x.output.note) ? 'noted' : undefined),
      /claim it looks at notes, which it does not declare/,
    ],
  ]
  for (const [what, broken, says] of looks) test(what, () => refused(of({}, broken), says))

  test('counting outputs is no look at notes', () => {
    expect(
      checked(paying, { n: 2, counts: 5 }, [
        of({ counts: 5 }, (o) => (o.outputs.length > 9 ? 'many' : undefined)),
        some,
      ]),
    ).toEqual({ it: 'holds' })
  })

  test('a claim about the healed run sees no step', () =>
    refused(
      liveness<Anything>({ name: 'it', about: 'x', reads: ['soup'] }, (after) =>
        after.fresh.length > 99 ? 'x' : undefined,
      ),
      /claim it looks at fresh/,
    ))

  test('notes are seen only as far as they are named', () => {
    const sees = (notes: string[]) =>
      of({ reads: ['notes'], notes }, (o) => (o.outputs.some((x: Anything) => x.output.note) ? 'x' : undefined))
    expect(checked(paying, { n: 2 }, [sees(['paid']), some])).toEqual({ it: 'violated in 1' })
    expect(checked(paying, { n: 2 }, [sees(['other']), some])).toEqual({ it: 'holds' })
  })
})

describe('a claim about what is said', () => {
  const both = of({ reads: ['soup'] }, ({ soup }) => {
    const twice = soup.find((one: Anything) =>
      soup.some((other: Anything) => one.from === other.from && one.message.v !== other.message.v),
    )
    return twice && `r${twice.from} said both`
  })
  const quiet = authored((state: Anything, _: Anything, ctx: Anything) => {
    if (state.done) return
    state.done = true
    ctx.output('heard')
  })

  test('is judged where something is said and nothing put out', async () => {
    const claims = [both, some]
    expect(checked(quiet, { n: 3 }, claims)).toEqual({ it: 'violated in 2' })
    expect(checked(quiet, { n: 3 }, claims, REDUCTIONS)).toEqual({ it: 'violated in 2' })
    expect(checked(quiet, { n: 3, steps: 'eager' }, claims)).toEqual({ it: 'violated in 2' })
    expect(checked(quiet, { n: 3, network: { duplicate: false } }, claims)).toEqual({ it: 'violated in 2' })
    expect(await fuzzed(quiet, { n: 3 }, claims)).toEqual({ it: 'violated' })
    expect(simulated(quiet, claims, { n: 3 })).toEqual(['it'])
  })

  test('is shrunk like any other', () => {
    const [setting] = configure(quiet, { n: 3 })
    const steps = [
      { at: 0, input: 'a' },
      { at: 1, rule: 'V', on: { from: 0, message: { type: 'V', v: 'a' } } },
      { at: 0, input: 'b' },
    ] as const
    expect(shrink(program(quiet, setting!), both, steps).steps).toHaveLength(2)
  })

  test('sees only the types that it names', () => {
    const all = (words: Anything) =>
      of({ reads: ['soup'], ...words }, ({ soup }) => (soup.length > 0 ? 'said' : undefined))
    expect(checked(quiet, { n: 2 }, [all({}), some])).toEqual({ it: 'violated in 1' })
    expect(() => checked(quiet, { n: 2 }, [all({ words: ['W'] }), some])).toThrow(/looks at messages of type W/)
  })

  test('about the healed run sees what was said before and in it', () => {
    const silent = liveness<Anything>({ name: 'it', about: 'x', reads: ['soup', 'before'] }, (after, before) =>
      after.soup.length > before.soup.length ? 'said more' : undefined,
    )
    expect(checked(quiet, { n: 2 }, [silent, some])).toEqual({ it: 'violated in 0' })
  })

  test('guards against vacuity too', async () => {
    const guard = sometimes<Anything>(
      { name: 'said', about: 'Both are said.', reads: ['soup'] },
      ({ soup }) => soup.length > 1,
    )
    const never = of({}, () => undefined)
    expect(checked(quiet, { n: 2 }, [never, guard])).toEqual({ it: 'holds' })
    expect(checked(quiet, { n: 2, inputs: { 0: ['a'] } }, [never, guard])).toEqual({ it: 'vacuous' })
    expect(await fuzzed(quiet, { n: 2 }, [never, guard])).toEqual({ it: 'not-found' })
    expect(await fuzzed(quiet, { n: 2, inputs: { 0: ['a'] } }, [never, guard])).toEqual({ it: 'vacuous' })
  })
})

describe('a claim that counts equal outputs', () => {
  const values = ['a', 'b', 'c', 'd']
  const four = { values, inputs: { 0: values } }
  const atMost = (most: number, counts?: number) =>
    of(counts ? { counts } : {}, ({ outputs }) => (outputs.length > most ? `${outputs.length} times` : undefined))

  test('gets as many as it declares, in every engine', async () => {
    for (const [most, verdict] of [
      [1, 'violated in 2'],
      [2, 'violated in 3'],
      [3, 'violated in 4'],
      [4, 'holds'],
    ] as const) {
      const claims = [atMost(most, most + 1), some]
      const configuration = { n: 1, counts: most + 1, ...four }
      expect(checked(paying, configuration, claims)).toEqual({ it: verdict })
      expect(checked(paying, configuration, claims, REDUCTIONS)).toEqual({ it: verdict })
      expect(await fuzzed(paying, configuration, claims)).toEqual({
        it: verdict === 'holds' ? 'not-found' : 'violated',
      })
      expect(simulated(paying, claims, configuration)).toEqual(verdict === 'holds' ? [] : ['it'])
    }
  })

  test('is refused where it does not say so', () =>
    refused(atMost(2), /would answer differently if .* the same output 3 times, and only 2/))
  test('is refused where it says too little', () =>
    refused(atMost(3, 3), /would answer differently if .* the same output 4 times, and only 3/, paying, {
      n: 2,
      counts: 3,
      ...four,
    }))
  test('is refused where the setting keeps fewer', () => refused(atMost(3, 4), /counts 4 equal outputs .* counts 2/))
  test('a repetition after something else is one', () =>
    refused(
      of({}, ({ outputs }) => (/xxyx/.test(outputs.map((one: Anything) => one.output).join('')) ? 'again' : undefined)),
      /would answer differently/,
      authored(() => {}, {
        input(state: Anything, _: string, ctx: Anything) {
          if (state.said < 4) ctx.output('xxyx'[state.said++])
        },
      }),
      { n: 1, ...four },
    ))
})

test('a claim that is false from the start is violated in no steps', async () => {
  const claims = [of({}, ({ outputs }) => (outputs.length < 1 ? 'nothing yet' : undefined)), some]
  expect(checked(paying, { n: 2 }, claims)).toEqual({ it: 'violated in 0' })
  expect(checked(paying, { n: 2 }, claims, REDUCTIONS)).toEqual({ it: 'violated in 0' })
  expect(checked(paying, { n: 2, network: { duplicate: false } }, claims)).toEqual({ it: 'violated in 0' })
  expect(await fuzzed(paying, { n: 2 }, claims)).toEqual({ it: 'violated' })
  const [setting] = configure(paying, { n: 2 })
  const run = program(paying, setting!)
  expect(brokenBy(run, claims, start(run))).toHaveLength(1)
  expect(shrink(run, claims[0]!, [{ at: 0, input: 'a' }]).steps).toEqual([])
})

test('a guard counts only where the network that was asked for reaches it', () => {
  // Takes the same vote twice: where it comes once, nobody ever puts anything out.
  const input = (state: Anything, v: string, ctx: Anything): void => {
    if (state.said === (v === 'a' ? 0 : 1)) ctx.broadcast({ type: 'V', v })
    if (state.said < 2) state.said++
  }
  const twice = (again: string) =>
    authored(
      (state: Anything, { v }: Anything, ctx: Anything) => {
        if (state.count === 2 || v === again) return
        state.count++
        if (state.count === 2) ctx.output('twice')
      },
      { inbox: false, network: { duplicate: false }, init: () => ({ count: 0, said: 0 }), input },
    )
  const claims = [of({}, () => undefined), some]
  expect(checked(twice('b'), { n: 2 }, claims)).toEqual({ it: 'vacuous' })
  expect(checked(twice('b'), { n: 2, network: { duplicate: true } }, claims)).toEqual({ it: 'holds' })
  // Here it is reached in another way than the shortest one.
  expect(checked(twice('none'), { n: 2 }, claims)).toEqual({ it: 'holds' })
})

test('keys made of several numbers never overlap', async () => {
  expect(packed(7, 63, 64)).toBe(7 * 64 + 63)
  for (const low of [64, -1, Number.NaN]) expect(() => packed(7, low, 64)).toThrow(/does not fit into a key/)
  expect(() => packed(2 ** 50, 1, 64)).toThrow(/does not fit into a key/)
  expect(() => checked(paying, { n: 31 })).toThrow(/at most 30 participants/)
  // Nine Byzantine replicas with a part for each of thirteen values: 138 instances in one run.
  const values = [...'abcdefghijklm']
  const configuration = { n: 30, byzantine: [0, 1, 2, 3, 4, 5, 6, 7, 8], values }
  const runs = { runs: 2, strategies: ['equivocate'] }
  const delivered = (output: Anything) => ({ slot: '', value: output.delivered })
  // Each run is replayed on the reference, and ends there in the same state.
  expect(await fuzzed(bracha, configuration, [agreement(delivered), some], runs)).toHaveProperty('agreement')
})

test('of two steps that differ in a note only, a healed run may begin after either', () => {
  const noting = (saw: string) => (state: Anything, _: Anything, ctx: Anything) => {
    if (state.done) return
    state.done = true
    ctx.note({ saw })
  }
  const protocol = authored(
    { V: noting('first'), W: noting('second') },
    {
      init: (ctx: Anything) => {
        if (ctx.self === 0) for (const type of ['V', 'W']) ctx.broadcast({ type })
        return { done: ctx.self === 0, said: 2 }
      },
    },
  )
  const claim = liveness<Anything>(
    { name: 'first', about: 'The first one is seen.', healing: 'deliveries', reads: ['notes'] },
    ({ outputs }) => (outputs.some(({ output }: Anything) => output.note?.saw === 'second') ? 'second' : undefined),
  )
  expect(checked(protocol, { n: 2 }, [claim])).toEqual({ first: 'violated in 1' })
})
