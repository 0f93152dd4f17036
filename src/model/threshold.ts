import { HarnessError, UsageError } from './errors.ts'
import type { Id } from './setting.ts'
import { shownValue } from './shape.ts'

/**
 * How much is asked for: so many senders, or so much weight. No arithmetic works on it, so whoever counts has to ask the
 * functions below, and all engines count alike.
 */
export type Threshold = number | Weighted

/** Senders who do not all count the same. Whoever is not listed weighs nothing. */
export class Weighted {
  readonly atLeast: number
  /** By id. */
  readonly weights: readonly number[]

  constructor(weights: readonly number[], atLeast: number) {
    // Equal questions have equal texts.
    this.weights = Object.freeze(weights.slice(0, weights.findLastIndex((weight) => weight !== 0) + 1))
    this.atLeast = atLeast
    Object.freeze(this)
  }

  /** Questions are known by their texts. */
  toString(): string {
    return `${this.atLeast} of ${this.weights}`
  }
}

/**
 * A quorum of weight: senders who weigh at least so much together.
 *
 * `weighted(stakes, Math.floor((2 * total) / 3) + 1)` is more than two thirds.
 *
 * @param weights by id, whole numbers
 */
export function weighted(weights: readonly number[], atLeast: number): Weighted {
  return asThreshold(new Weighted(weights, atLeast), 'weighted') as Weighted
}

/** A quorum of a list: so many of these, and nobody else counts. */
export function among(ids: readonly Id[], atLeast: number): Weighted {
  const weights = Array.from({ length: Math.max(-1, ...ids) + 1 }, (_, id) => (ids.includes(id) ? 1 : 0))
  return weighted(weights, atLeast)
}

/** @throws UsageError unless it is a number of participants, or a weight */
export function asThreshold(q: unknown, place: string): Threshold {
  const isWhole = (one: unknown): boolean => Number.isSafeInteger(one) && (one as number) >= 0
  if (isWhole(q)) return q as number
  const { weights, atLeast } = (q ?? {}) as Partial<Weighted>
  if (!Array.isArray(weights)) {
    const remedy = 'a quorum is a whole number: round it up with Math.ceil; or it is weighted(…), or among(…)'
    throw new UsageError(`${place}: a quorum of ${shownValue(q)}`, remedy)
  }
  if (!weights.every(isWhole) || !isWhole(atLeast)) {
    const remedy = 'weights, and the weight that is enough, are whole numbers: multiply fractions by their denominator'
    throw new UsageError(`${place}: a quorum of weight ${shownValue(atLeast)} of ${shownValue([...weights])}`, remedy)
  }
  return q instanceof Weighted ? q : new Weighted(weights, atLeast!)
}

/** How much is enough: a number of senders, or a weight. */
export function leastOf(q: Threshold): number {
  return typeof q === 'number' ? q : q.atLeast
}

/** A number of senders, where no weight can be asked for. */
export function headsOf(q: Threshold): number {
  if (typeof q === 'number') return q
  throw new HarnessError('a choice of messages is made by weight')
}

/** For how much a sender counts. */
export function weightOf(q: Threshold, id: Id): number {
  return typeof q === 'number' ? 1 : (q.weights[id] ?? 0)
}

/** For how much some senders count, who are bits of a mask. */
export function weightIn(q: Threshold, senders: number): number {
  if (typeof q === 'number') return bits(senders)
  let weight = 0
  for (let left = senders; left !== 0; left &= left - 1) weight += q.weights[31 - Math.clz32(left & -left)] ?? 0
  return weight
}

/** Are these senders enough? They are bits of a mask. */
export function isMetBy(q: Threshold, senders: number): boolean {
  return weightIn(q, senders) >= leastOf(q)
}

/** The first of a list that are enough, without those who weigh nothing; nothing where all of them are not enough. */
export function firstEnough<T>(q: Threshold, list: readonly T[], from: (one: T) => Id): T[] | undefined {
  const found: T[] = []
  let left = leastOf(q)
  for (const one of list) {
    if (left <= 0) break
    const weight = weightOf(q, from(one))
    if (weight > 0) found.push(one)
    left -= weight
  }
  return left <= 0 ? found : undefined
}

/** The same with two participants exchanged. */
export function exchanged(q: Threshold, one: Id, other: Id): Threshold {
  if (typeof q === 'number') return q
  const length = Math.max(q.weights.length, one + 1, other + 1)
  const before = (id: Id): Id => (id === one ? other : id === other ? one : id)
  return new Weighted(
    Array.from({ length }, (_, id) => weightOf(q, before(id))),
    q.atLeast,
  )
}

/** Number of set bits. */
export function bits(mask: number): number {
  let left = mask - ((mask >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return (((left + (left >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
