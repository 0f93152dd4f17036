import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Atom } from '../../src/tables/automaton/atom.ts'
import { Earliest } from '../../src/tables/automaton/earliest.ts'

const SENDERS = 5
const PLACES = { ids: Array.from({ length: SENDERS }, (_, id) => id), rowWords: 1, stride: 3, sayable: 3 * SENDERS }
const WORDS = 3 * SENDERS + 1
const LIAR = SENDERS
const rowOf = (p: number): number => p * PLACES.stride + 2

/** Rounds in which correct senders can have sent it, 0 at the start; and in which the liar can prove it. Nothing: never. */
interface Sent {
  readonly q: number
  readonly correct: readonly (number | undefined)[]
  readonly proved: number | undefined
  readonly sure: boolean
}

function earliest({ q, correct, proved, sure }: Sent): number {
  const rows = Int32Array.from({ length: SENDERS }, () => 1)
  const maybe = [{ provable: 0, identities: 1 << LIAR }]
  const atom: Atom = { kind: 'count', q, of: { rows, sure: sure ? 1 << LIAR : 0, maybe } }
  const start = new Int32Array(WORDS)
  for (const [p, round] of correct.entries()) if (round === 0) start[rowOf(p)] = 1
  if (proved === 0) start[PLACES.sayable] = 1
  const one = new Earliest([atom], PLACES, WORDS)
  one.begin(start)
  const record = start.slice()
  const set = (word: number, round: number | undefined): void => {
    if (round === undefined || round === 0) return
    record[word]! |= 1
    one.sets(word, 1, round)
  }
  for (const [p, round] of correct.entries()) set(rowOf(p), round)
  set(PLACES.sayable, proved)
  return one.ofAtom(0, record)
}

/** Tries every set of senders, and every order in which they take their steps, one in each round. */
function byTryingAll({ q, correct, proved, sure }: Sent): number {
  const senders = [...correct.map((round) => ({ round, steps: true })), { round: sure ? 0 : proved, steps: false }]
  const go = (left: readonly (typeof senders)[number][], wanted: number, last: number, end: number): number => {
    if (wanted === 0) return end
    const ends = left.map((sender, i) => {
      if (sender.round === undefined) return Number.POSITIVE_INFINITY
      const rest = left.filter((_, j) => j !== i)
      if (!sender.steps || sender.round === 0) return go(rest, wanted - 1, last, Math.max(end, sender.round))
      const now = Math.max(last + 1, sender.round)
      return go(rest, wanted - 1, now, Math.max(end, now))
    })
    return Math.min(Number.POSITIVE_INFINITY, ...ends)
  }
  return go(senders, q, 0, 0)
}

test('a quorum is there as soon as its senders can have sent one after the other, and no sooner', () => {
  const round = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined })
  const sents = fc.record({
    q: fc.integer({ min: 2, max: SENDERS + 1 }),
    correct: fc.array(round, { minLength: SENDERS, maxLength: SENDERS }),
    proved: round,
    sure: fc.boolean(),
  })
  fc.assert(
    fc.property(sents, (sent) => {
      expect(earliest(sent)).toBe(byTryingAll(sent))
    }),
    { seed: 7, numRuns: 400 },
  )
})

test('a single message is there at once', () => {
  expect(earliest({ q: 1, correct: [3, undefined, undefined, undefined, undefined], proved: 2, sure: false })).toBe(0)
})
