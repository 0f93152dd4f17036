/**
 * What a Byzantine replica can say is what the result says it can: all that is declared, and nothing is left out in
 * silence.
 */
import { describe, expect, test } from 'vitest'
import { type Extent, universe } from '../../src/adversary/index.ts'
import { check } from '../../src/check/check.ts'
import { canonical, defineProtocol, every, invariant, match, program, UsageError } from '../../src/model/index.ts'
import { pbft } from '../../src/protocols/pbft.ts'
import { boundsText } from '../../src/report/text/bounds-text.ts'
import { configure } from '../../src/system/index.ts'
import { LONG } from '../tiers.ts'
import { checked, type Says, sayer } from './sayer.ts'

test('lists that are declared as sets are said in one order', () => {
  const says: Says[] = [
    { type: 'P', of: ['p', 'q'] },
    { type: 'P', of: ['q', 'r'] },
  ]
  const twice = (message: any) => message.of[0] === message.of[1]
  const { claims, universe: said } = checked(
    sayer(says, { sets: ['of'] }),
    (message) => message.of.length > 1 && twice(message),
  )
  expect(claims[0]!.verdict).toBe('holds')
  expect(said.extent).toEqual({ P: 'full of sets' })
  expect(checked(sayer(says), (message) => message.of.length > 1 && twice(message)).claims[0]!.verdict).toBe('violated')
  expect(checked(sayer(says, { sets: ['of'] }), ({ of }) => canonical(of) === '["p","r"]').claims[0]!.verdict).toBe(
    'violated',
  )
})

describe('choices for a take', () => {
  const votes = Array.from({ length: 20 }, (_, i) => String.fromCharCode(97 + i))
  type Vote = { type: 'V' | 'TOP' | 'PAIR'; v: string }
  /** Whoever has a quorum of votes tells what `sum` makes of it. */
  const counting = (sum: (votes: readonly Vote[]) => string) =>
    defineProtocol<{
      state: { n: number; said: boolean }
      message: Vote
      output: { got: string }
      rules: () => object
    }>({
      name: 'votes',
      about: 'The least of four votes.',
      rules: () => ({}),
      auth: 'channels',
      defaults: () => ({ f: 0, b: 1, values: votes, inputs: { 1: ['a'] }, bounds: {} }),
      init: () => ({ n: 0, said: false }),
      input(state, v, ctx) {
        if (state.n > 0) return
        state.n = 1
        ctx.broadcast({ type: 'V', v })
      },
      upon: {
        V(state, _, ctx) {
          if (state.said) return
          const v = ctx.take(4, match<Vote>('V'), sum)
          state.said = true
          ctx.broadcast({ type: 'TOP', v })
        },
        TOP() {},
        PAIR() {},
      },
    })
  const closing = (sum: (votes: readonly Vote[]) => string) => {
    const protocol = counting(sum)
    const [setting] = configure(protocol, { n: 5, byzantine: [0] })
    return universe(program(protocol, setting!))
  }

  test.skipIf(!LONG)('that are too many leave the universe open', () => {
    const found = closing(([first]) => first!.v)
    expect(found).toMatchObject({ closed: false, leftOut: true })
    // Those in which all say the same are looked at first.
    expect(found.messages.some(({ type, v }: any) => type === 'TOP' && v === 't')).toBe(true)
  })

  test.skipIf(!LONG)('leave claims inconclusive that nothing broke', () => {
    const protocol = counting((all) => (new Set(all.map(({ v }) => v)).size === 4 && all[0]!.v === 'q' ? 'found' : 'a'))
    const [setting] = configure(protocol, { n: 5, byzantine: [0] })
    const never = invariant({ name: 'never', about: 'true' }, () => undefined)
    const { claims, universe: said } = check({
      program: program(protocol, setting!),
      claims: [never],
      maxStates: 1_000,
    })
    expect(said.closed).toBe(false)
    expect(claims[0]!.verdict).toBe('inconclusive')
  })
})

describe('a declared alphabet', () => {
  const says: Says[] = [{ type: 'P', v: 'a' }]
  const alphabet = () => every({ type: ['P' as const], v: ['a', 'b'] })

  test('is what Byzantine replicas choose from', () => {
    const { claims, universe: said } = checked(sayer(says, { alphabet }), ({ v }) => v === 'b')
    expect(claims[0]).toMatchObject({ verdict: 'violated' })
    expect(said).toEqual({ messages: 2, closed: true, inputs: 'all', extent: { P: 'declared' }, unsaid: ['GO'] })
    expect(checked(sayer(says), ({ v }) => v === 'b').claims[0]!.verdict).toBe('holds')
  })

  test('binds correct replicas, in every engine', () => {
    for (const conf of [{}, { steps: 'eager' } as const]) {
      const tooFew = () => checked(sayer(says, { alphabet: () => [{ type: 'P', v: 'b' }] }), () => false, conf)
      expect(tooFew).toThrow(UsageError)
      expect(tooFew).toThrow('sent {"type":"P","v":"a"}, which the protocol\'s alphabet does not list')
    }
  })

  test('is a list of messages', () => {
    for (const bad of ['P', [{ v: 1 }], [null], [{ type: 'P', v: undefined }], [{ type: 'P', v: new Map() }]]) {
      expect(() => checked(sayer(says, { alphabet: () => bad as never }), () => false)).toThrow(UsageError)
    }
  })

  test('is not asked for where it is not declared for the setting', () => {
    const said = checked(sayer(says, { alphabet: () => undefined }), () => false).universe
    expect(said.extent).toEqual({ P: 'full' })
  })
})

test.skipIf(!LONG)('PBFT declares in one slot what it says and one view above it', () => {
  const found = (bounds: Record<string, number>): ReadonlyMap<string, Extent> => {
    const [setting] = configure(pbft, { n: 4, byzantine: [0], bounds })
    const declared = universe(program(pbft, setting!))
    const { definition } = pbft
    const seen = universe(program(new (pbft.constructor as any)({ ...definition, alphabet: undefined }), setting!))
    if (bounds['slots'] !== 2) expect(declared.messages).toEqual(expect.arrayContaining([...seen.messages]))
    return declared.extent
  }
  expect(found({ views: 1 }).get('COMMIT')).toBe('declared')
  expect(found({ views: 2 }).get('COMMIT')).toBe('declared')
  expect(found({ views: 2, slots: 2 }).get('COMMIT')).toBe('full')
})

test('the sentence names what nobody says, and says that there is nothing else', () => {
  const settings = configure(pbft, { n: 4, byzantine: [0] })
  const sentence = (extent: Record<string, Extent>) =>
    boundsText(settings, { messages: 3, extent, unsaid: ['A', 'B'] }, true)
  expect(sentence({ C: 'declared' })).toContain('r0 may send any of the 3 messages of the alphabet to anyone')
  expect(sentence({ C: 'declared', D: 'full' })).toContain('r0 may send any of 3 messages to anyone')
  expect(sentence({ C: 'full' })).toContain('; nobody sends A and B')
})
