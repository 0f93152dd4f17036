import fc from 'fast-check'
import type { Id } from '../../src/model/index.ts'
import { describeds } from './checked-protocols.ts'
import type { Described, DescribedRule } from './described.ts'

const weight = fc.constantFrom(0, 1, 1, 1, 2, 3)
const weights = fc.tuple(fc.constantFrom(1, 2, 3), weight, weight, weight)
const list = fc.subarray<Id>([0, 1, 2, 3], { minLength: 1 })
const lists = fc.tuple(list, list, list, list)

/** Asks its inbox instead of counting by itself: votes in the state weigh nothing. */
function asking(rule: DescribedRule): DescribedRule {
  const { asks } = rule
  return asks?.kind === 'tally' ? { ...rule, asks: { kind: 'need', q: asks.q, of: 'same' } } : rule
}

/** With the same input for all, nothing but weights and lists tells replicas apart. */
function alike(one: Described): Described {
  const { crash: _, restart: __, ...rest } = one
  const rules = one.rules.map((rule) => ({ ...rule, self: null, from: null }))
  return { ...rest, crash: [], opens: [], armed: [], rules, inputs: one.inputs.map(() => ['y']) }
}

/**
 * Random protocols in which some replicas count votes by weight, and others those of a list of their own, which may be another one
 * later on.
 */
export const weighteds: fc.Arbitrary<Described> = fc
  .tuple(describeds, weights, lists, fc.option(lists, { freq: 1 }), fc.nat({ max: 3 }), fc.boolean())
  .map(([drawn, drawnWeights, drawnLists, drawnLater, roll, areAlike]): Described => {
    const one = areAlike ? alike(drawn) : drawn
    const { n, selfDelivery, proof } = one
    const rules = selfDelivery === 'at-once' ? one.rules : one.rules.map(asking)
    if (roll > 1 || proof !== null) return { ...one, rules, weights: drawnWeights.slice(0, n) }
    const within = (all: readonly (readonly Id[])[]): Id[][] =>
      all.slice(0, n).map((ids, id) => [...new Set([...ids.filter((other) => other < n), id])])
    return { ...one, rules, trusts: within(drawnLists), ...(drawnLater ? { later: within(drawnLater) } : {}) }
  })
