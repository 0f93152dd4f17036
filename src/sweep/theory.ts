import type { Protocol, Setting } from '../model/index.ts'
import type { Cell, Point, Theory } from './cell.ts'

/** Rules that a protocol calls its quorum: what a decision takes. */
const QUORUMS = ['quorum', 'commitQuorum']

/** The quorum of a protocol in a setting, where it has one: several that differ are none. */
export function quorumOf({ definition }: Protocol, setting: Setting): number | undefined {
  const rules = definition.rules(setting) as Readonly<Record<string, unknown>>
  const found = new Set(QUORUMS.flatMap((name) => (typeof rules[name] === 'number' ? [rules[name]] : [])))
  return found.size === 1 ? [...found][0] : undefined
}

/**
 * Is it a setting that the theory of quorums is about? Where anybody can vote in anybody's name a quorum is worth nothing,
 * and where messages are lost for good, no number of correct replicas is enough to go on.
 */
export function hasTheory({ auth, network }: Setting): boolean {
  return auth !== 'none' && !network.lose
}

/**
 * What a quorum of q among n promises against b: any two share a correct replica, and the correct can form one. Where
 * two quorums may share none, somebody has to be told two stories by somebody.
 */
export function theoryOf(q: number, { n, b }: Point): Theory {
  const [safe, live] = [2 * q - n > b, q <= n - b]
  if (safe) return { safe, live }
  if (n - b < 2) return { safe, live, exempt: 'fewer than two correct' }
  return b === 0 ? { safe, live, exempt: 'nobody is Byzantine' } : { safe, live }
}

/**
 * Does a cell say otherwise than theory? Of agreement: a violation where quorums share a correct replica, or none found
 * where they do not. Of liveness: stuck where the correct are a quorum, or not stuck where they are none.
 */
export function contradicts({ claim, verdict }: Pick<Cell, 'claim' | 'verdict'>, theory: Theory): boolean {
  const { safe, live, exempt } = theory
  const holds = verdict === 'proved' || verdict === 'not-found'
  const breaks = verdict === 'violated' || verdict === 'stuck'
  if (claim === 'agreement') return safe ? breaks : holds && exempt === undefined
  return claim === 'liveness' && (live ? breaks : holds)
}
