/** The highest of a quorum: asked for without going through choices, it is what some choice has. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { highestOf, type Rank, takenHighest } from '../../src/model/highest.ts'
import {
  type AnyMessage,
  byContent,
  defineProtocol,
  program as inSetting,
  invariant,
  type Match,
  match,
  type SentMessage,
  sometimes,
  UsageError,
} from '../../src/model/index.ts'
import { choices, configure } from '../../src/system/index.ts'

interface Vote extends AnyMessage {
  readonly type: 'VOTE'
  readonly rank: number
  readonly note: string
}

const byRank: Rank = (message) => (message as Vote).rank
const votes = match<any>('VOTE')

const inboxes: fc.Arbitrary<readonly SentMessage[]> = fc.array(
  fc.record({
    from: fc.nat({ max: 4 }),
    message: fc.record({
      type: fc.constant('VOTE' as const),
      rank: fc.nat({ max: 2 }),
      note: fc.constantFrom('a', 'b'),
    }),
  }),
  { maxLength: 8 },
)

const sendersOf = (words: readonly SentMessage[], is: Match<any>): Set<number> =>
  new Set(words.filter(({ message, from }) => is(message, from)).map(({ from }) => from))

/** What comes of all choices of q words of distinct senders. */
function ofChoices(words: readonly SentMessage[], q: number): string[] {
  const lists = [...sendersOf(words, votes)].map((id) => words.filter(({ from }) => from === id))
  const all = [...choices(lists, q, 100_000)].map((chosen) =>
    highestOf(chosen.map(({ message }) => message).sort(byContent), byRank),
  )
  return [...new Set(all.map((one) => JSON.stringify(one)))].sort()
}

/** What comes of all answers to the questions that are asked instead. */
function ofQuestions(words: readonly SentMessage[], q: number, ask = takenHighest): string[] {
  const found = words.flatMap(({ message: answer }) => {
    let isEnough = true
    const asking = {
      take: (count: number, is: Match<any>, summarise: (chosen: readonly AnyMessage[]) => unknown) => {
        isEnough &&= sendersOf(words, is).size >= count
        return summarise([answer])
      },
      need: (count: number, is: Match<any>) => {
        isEnough &&= sendersOf(words, is).size >= count
      },
    }
    const highest = ask(asking, true, q, votes, byRank, 'replica')
    return isEnough ? [JSON.stringify(highest)] : []
  })
  return [...new Set(found)].sort()
}

const agree = (ask?: typeof takenHighest): void =>
  fc.assert(
    fc.property(inboxes, fc.integer({ min: 1, max: 4 }), (words, q) => {
      expect(ofQuestions(words, q, ask)).toEqual(ofChoices(words, q))
    }),
    { numRuns: 2_000, seed: 1 },
  )

describe('the questions have the answers that the choices have', () => {
  test('on random inboxes', () => agree())

  test.each<[string, typeof takenHighest]>([
    ['one sender too few', (asking, splits, q, ...more) => takenHighest(asking, splits, Math.max(1, q - 1), ...more)],
    [
      'whatever the others have said',
      (asking, _, q, is, __, role) => {
        asking.need(q, is, role)
        return asking.take(1, is, ([only]) => only, role) as AnyMessage
      },
    ],
    [
      'equally high ones for one',
      (asking, splits, q, is, rank, role) =>
        takenHighest(
          { ...asking, need: (count) => asking.need(count, is, role) },
          ...([splits, q, is, rank, role] as const),
        ),
    ],
  ])('a version that is unsound is caught: %s', (_, ask) => {
    expect(() => agree(ask)).toThrow()
  })
})

interface Types {
  state: { said: boolean; took: boolean }
  message: Vote
  output: { took: number }
}

/** r0 takes the highest of what two have said; each says what it is given. */
const taking = (asks: 'takeHighest' | 'take') =>
  defineProtocol<Types>({
    name: 'taking',
    about: 'Takes the highest of two, for this test.',
    rules: () => ({}),
    auth: 'channels',
    defaults: () => ({ f: 0, b: 0, values: ['0', '1', '2'], inputs: 'any', bounds: {} }),
    init: () => ({ said: false, took: false }),
    input(state, value, ctx) {
      if (state.said || ctx.self === 0) return
      state.said = true
      ctx.broadcast({ type: 'VOTE', rank: Number(value), note: ctx.self === 1 ? 'a' : 'b' })
    },
    upon: {
      VOTE(state, _, ctx) {
        if (state.took || ctx.self !== 0) return
        state.took = true
        const { rank } =
          asks === 'take'
            ? ctx.take(2, votes, (chosen) => highestOf(chosen, byRank) as Vote)
            : ctx.takeHighest(2, votes, ({ rank }) => [rank, 0])
        ctx.output({ took: rank })
      },
    },
  })

describe('the exhaustive search', () => {
  const claims = [0, 1, 2].map((rank) =>
    invariant<{ took: number }>({ name: `never-${rank}`, about: 'It is not taken.' }, ({ outputs }) =>
      outputs.some(({ output }) => output.took === rank) ? `r0 took ${rank}` : undefined,
    ),
  )
  const reached = sometimes<{ took: number }>(
    { name: 'taken', about: 'One is taken.' },
    ({ outputs }) => outputs.length > 0,
  )

  /** Verdicts and lengths, and the states without reductions. */
  function found(asks: 'takeHighest' | 'take', configuration: object) {
    const protocol = taking(asks)
    const program = inSetting(protocol, configure(protocol, configuration)[0]!)
    const run = (without: readonly any[]) => check({ program, claims: [...claims, reached], without })
    const all = ['quotient', 'forget', 'big-step', 'lazy', 'symmetry', 'layers', 'relaxation']
    return [[], all].map((without) =>
      run(without).claims.map(({ claim, verdict, steps }) => [claim, verdict, steps?.length]),
    )
  }

  test.each([
    { n: 3 },
    { n: 4 },
    { n: 3, byzantine: [2] },
    { n: 3, inputs: { 1: ['1'], 2: ['2'] } },
    { n: 3, steps: 'eager', inputs: { 1: ['0'], 2: ['1'] } },
    { n: 3, network: { duplicate: false }, inputs: { 1: ['0'], 2: ['1'] } },
  ])('says of it what it says of take: %j', (configuration) => {
    expect(found('takeHighest', configuration)).toEqual(found('take', configuration))
  })

  test('takes no low one beside which there is no lower one', () => {
    expect(found('takeHighest', { n: 3, inputs: { 1: ['1'], 2: ['2'] } })[0]).toEqual([
      ['never-0', 'holds', undefined],
      ['never-1', 'holds', undefined],
      ['never-2', 'violated', 3],
    ])
  })
})

test('ranks are numbers, and something has one', () => {
  expect(() => takenHighest({} as never, true, 0, votes, byRank, 'replica')).toThrow(UsageError)
  const two = [{ type: 'VOTE' }, { type: 'VOTE' }]
  for (const odd of [Number.NaN, [0, undefined], undefined, '1']) {
    expect(() => highestOf(two, () => odd as number)).toThrow(UsageError)
  }
  const [low, high] = [0, 1].map((rank) => ({ type: 'VOTE', rank }))
  expect(highestOf([low!, high!], (message) => [0, (message as Vote).rank])).toBe(high)
  expect(highestOf([low!, high!], (message) => [0, -(message as Vote).rank])).toBe(low)
})
