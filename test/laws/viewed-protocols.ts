/**
 * Random small protocols with views: replicas move on by timeouts, follow messages of later views, fall back at times,
 * and count what was said in their own view, in later ones or in any. Plain data: a failing case is printed.
 */
import fc from 'fast-check'
import type { Id } from '../../src/model/index.ts'

export type Type = 'A' | 'B' | 'C'
export type Of = 'own' | 'same' | 'not-below' | 'any'

export interface ViewedRule {
  readonly on: Type
  readonly self: Id | null
  /** How the message's view is to that of the replica. */
  readonly when: 'now' | 'later' | 'earlier' | 'always'
  /** How many said the like, in which views; with the highest view's value, where it takes. */
  readonly asks: { readonly q: number; readonly of: Of; readonly value: boolean; readonly takes: boolean } | null
  readonly after: number | null
  readonly not: number | null
  readonly moves: 'stays' | 'next' | 'follows' | 'back'
  readonly says: { readonly type: Type; readonly view: 'own' | 'same'; readonly value: 'same' | 'x' | 'by-self' } | null
  readonly outputs: boolean
}

export interface Viewed {
  readonly n: number
  readonly byzantine: readonly Id[]
  readonly crash: readonly Id[]
  /** Replicas that may restart, and what they keep. */
  readonly restart?: readonly Id[]
  readonly durable?: readonly ('view' | 'started' | 'fired')[]
  readonly auth: 'signatures' | 'channels'
  readonly views: number
  readonly selfDelivery: 'inbox' | 'none' | 'network'
  readonly inputs: readonly (readonly string[])[]
  /** Replicas whose timer runs, and what they say when it expires and leads them to the next view. */
  readonly timers: readonly Id[]
  readonly opens: readonly Id[]
  readonly says: Type | null
  readonly rearms: boolean
  /** Is what fired forgotten in the next view? */
  readonly afresh: boolean
  /** What the protocol calls its view: any number must do. */
  readonly viewOf: 'view' | 'parity' | 'down' | 'fired'
  /** So many said A of that view, or of one no later, before anybody says C. */
  readonly proof: { readonly q: number; readonly of: 'same' | 'not-above' } | null
  readonly rules: readonly ViewedRule[]
  /** Pairs of outputs that claims forbid: whose, in which view, of which value. */
  readonly pairs: readonly (readonly Put[])[]
}

export interface Put {
  readonly at: Id
  readonly view: number
  readonly value: string
}
function weighted<T>(...choices: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> {
  return fc.constantFrom(...choices.flatMap(([weight, value]) => Array.from({ length: weight }, () => value)))
}
const seldom = <T>(arbitrary: fc.Arbitrary<T>, freq: number): fc.Arbitrary<T | null> =>
  fc.nat({ max: freq }).chain((roll) => (roll === freq ? arbitrary : fc.constant<T | null>(null)))

const type = weighted<Type>([4, 'A'], [3, 'B'], [2, 'C'])
const asks = fc.record({
  q: weighted([3, 2], [1, 1], [1, 3]),
  of: weighted<Of>([4, 'same'], [3, 'not-below'], [1, 'any'], [1, 'own']),
  value: fc.boolean(),
  takes: weighted([5, false], [1, true]),
})
const rule: fc.Arbitrary<ViewedRule> = fc.record({
  on: type,
  self: seldom(fc.nat({ max: 1 }), 7),
  when: weighted<ViewedRule['when']>([4, 'now'], [4, 'later'], [1, 'earlier'], [2, 'always']),
  asks: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 2, arbitrary: asks }),
  after: seldom(fc.nat({ max: 3 }), 4),
  not: seldom(fc.nat({ max: 3 }), 4),
  moves: weighted<ViewedRule['moves']>([4, 'stays'], [4, 'follows'], [2, 'next'], [1, 'back']),
  says: seldom(
    fc.record({
      type,
      view: weighted<'own' | 'same'>([4, 'own'], [1, 'same']),
      value: weighted<'same' | 'x' | 'by-self'>([4, 'same'], [1, 'x'], [1, 'by-self']),
    }),
    1,
  ).chain((says) => fc.constant(says)),
  outputs: weighted([1, false], [1, true]),
})
const put: fc.Arbitrary<Put> = fc.record({
  at: fc.nat({ max: 2 }),
  view: weighted([2, 0], [3, 1], [2, 2], [1, 3]),
  value: fc.constantFrom('x', 'y'),
})

/** Weights count: most cases have something to sort. */
export const vieweds: fc.Arbitrary<Viewed> = fc.noBias(
  fc
    .record({
      n: weighted([4, 2], [5, 3]),
      byzantineReplica: weighted<Id | null>([5, null], [1, 0], [1, 1], [1, 2]),
      crash: weighted<readonly Id[]>([9, []], [1, [0]]),
      auth: weighted<Viewed['auth']>([1, 'channels'], [2, 'signatures']),
      views: weighted([4, 2], [4, 3], [1, 4]),
      selfDelivery: weighted<Viewed['selfDelivery']>([6, 'inbox'], [1, 'none'], [1, 'network']),
      inputs: fc.tuple(
        weighted<readonly string[]>([2, []], [3, ['x']], [1, ['x', 'y']]),
        weighted<readonly string[]>([2, []], [2, ['y']]),
      ),
      timers: weighted<readonly Id[]>([2, [0]], [2, [0, 1]], [1, [1, 2]], [1, [0, 1, 2]]),
      opens: weighted<readonly Id[]>([4, []], [1, [0]], [1, [1]]),
      says: weighted<Type | null>([1, null], [4, 'A'], [2, 'B']),
      rearms: fc.boolean(),
      afresh: weighted([1, false], [2, true]),
      viewOf: weighted<Viewed['viewOf']>([7, 'view'], [1, 'parity'], [1, 'down'], [1, 'fired']),
      proof: seldom(fc.record({ q: weighted([2, 2], [1, 1]), of: fc.constantFrom('same', 'not-above') }), 2),
      rules: fc.array(rule, { minLength: 2, maxLength: 4 }),
      pairs: fc.array(fc.array(put, { minLength: 1, maxLength: 2 }), { minLength: 3, maxLength: 6 }),
      restart: weighted<readonly Id[]>([6, []], [1, [0]], [1, [1]]),
      durable: fc.subarray(['view', 'started', 'fired'] as const),
    })
    .map(({ byzantineReplica, ...one }): Viewed => {
      const byzantine = byzantineReplica === null || byzantineReplica >= one.n ? [] : [byzantineReplica]
      const ids = (list: readonly Id[]): Id[] => list.filter((id) => id < one.n)
      const crash = ids(one.crash).filter((id) => !byzantine.includes(id))
      const restart = ids(one.restart).filter((id) => !byzantine.includes(id) && !crash.includes(id))
      const [timers, opens] = [ids(one.timers), ids(one.opens)]
      const proof = one.auth === 'signatures' ? (one.proof as Viewed['proof']) : null
      const rules = one.rules.slice(0, one.n === 3 ? 3 : 4).map((each, i, all) => ({
        ...(proof === null ? each : proved(each, proof.q)),
        outputs: each.outputs || i === all.length - 1,
      }))
      return { ...one, byzantine, crash, restart, timers, opens, proof, rules }
    }),
)

/** A rule that says C asks for what its proof asks for. */
function proved(one: ViewedRule, q: number): ViewedRule {
  if (one.says?.type !== 'C') return one
  const asks = { q, of: 'same' as const, value: true, takes: false }
  return { ...one, on: 'A', asks, says: { type: 'C', view: 'same', value: 'same' } }
}
