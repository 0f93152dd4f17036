/**
 * Reliable broadcast among replicas with stakes: what counts is how much of the stake has said something, not how many
 * replicas. The handlers are those of bracha.ts; only the quorums are others. f is the stake that may be Byzantine, and
 * all stakes together are more than 3f.
 *
 * After Bracha (1987), with weighted voting as in David K. Gifford, "Weighted voting for replicated data", SOSP 1979.
 *
 * The first three replicas have a stake of two, the others of one. Among five, two thirds of the stake are six of eight,
 * and the two small ones have no more than each of the large ones. Nothing is bounded.
 */
import { defineProtocol, range, type Setting, weighted } from '../model/index.ts'
import { bracha } from './bracha.ts'

const stakeOf = (id: number): number => (id < 3 ? 2 : 1)
const total = (n: number): number => range(n).reduce((sum, id) => sum + stakeOf(id), 0)

/** How much stake is in Byzantine hands. */
export const byzantineStake = ({ n, byzantine }: Setting): number =>
  byzantine.reduce((sum, id) => sum + (id < n ? stakeOf(id) : 0), 0)

const rules = ({ n, f }: Setting) => {
  const stakes = range(n).map(stakeOf)
  return {
    sender: 0,
    /** Two such quorums share more stake than f, hence a correct replica. */
    echoQuorum: weighted(stakes, Math.ceil((total(n) + f + 1) / 2)),
    /** Whoever has more stake than f has a correct replica among them. */
    amplifyQuorum: weighted(stakes, f + 1),
    /** Of 2f + 1, f + 1 are the stake of correct replicas: enough to make every correct replica amplify. */
    deliverQuorum: weighted(stakes, 2 * f + 1),
    amplifies: true,
    readyRepeats: false,
  }
}

export const weightedBracha = defineProtocol({
  ...bracha.definition,
  name: 'weighted-bracha',
  about: "Bracha's reliable broadcast (1987), with votes that count by stake.",
  rules,
  defaults: (n) => ({
    f: Math.floor((total(n) - 1) / 3),
    b: 1,
    values: ['a', 'b'],
    inputs: { 0: ['a'] },
    bounds: {},
  }),
})

/** The quorums of Bracha, for as many of n replicas as may be Byzantine if each has the same stake. */
export const countsHeads = weightedBracha.variant('counts-heads', ({ n }) => {
  const f = Math.floor((n - 1) / 3)
  return { echoQuorum: Math.ceil((n + f + 1) / 2), amplifyQuorum: f + 1, deliverQuorum: 2 * f + 1 }
})
