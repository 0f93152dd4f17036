import { range } from '../model/index.ts'
import type { Latency } from '../simulate/index.ts'

export type MessageCounts = Readonly<Record<string, number>>

/** Who says nothing, and what a decision then costs by the rules of the protocol. */
export interface CostCase {
  readonly name: string
  readonly title: string
  readonly silent: (n: number, f: number) => readonly number[]
  /** Copies of each type, counted by hand: a broadcast is n − 1 copies. */
  readonly formula: (n: number, f: number) => MessageCounts
  readonly words: string
}

export const CASES: readonly CostCase[] = [
  {
    name: 'all-correct',
    title: 'all correct',
    silent: () => [],
    // The primary proposes; every backup prepares; everybody commits.
    formula: (n) => ({ PRE_PREPARE: n - 1, PREPARE: (n - 1) * (n - 1), COMMIT: n * (n - 1) }),
    words: '(n−1) + (n−1)² + n(n−1) = 2n(n−1)',
  },
  {
    name: 'silent-backups',
    title: 'f backups silent',
    silent: (n, f) => range(f).map((i) => n - 1 - i),
    formula: (n, f) => ({ PRE_PREPARE: n - 1, PREPARE: (n - 1 - f) * (n - 1), COMMIT: (n - f) * (n - 1) }),
    words: '(n−1) + (n−1−f)(n−1) + (n−f)(n−1) = 2(n−f)(n−1)',
  },
  {
    name: 'silent-primary',
    title: 'primary silent',
    silent: () => [0],
    // All but the primary ask for view 1; its primary announces it and proposes; its n − 2 correct backups prepare.
    formula: (n) => ({
      VIEW_CHANGE: (n - 1) * (n - 1),
      NEW_VIEW: n - 1,
      PRE_PREPARE: n - 1,
      PREPARE: (n - 2) * (n - 1),
      COMMIT: (n - 1) * (n - 1),
    }),
    words: '(n−1)² + 2(n−1) + (n−2)(n−1) + (n−1)² = (n−1)(3n−2)',
  },
]

/** What the network and the machines do. */
export interface Surroundings {
  readonly name: string
  readonly latency: Latency
  readonly processing: number
}

export const UNIFORM: Surroundings = {
  name: 'uniform 5–35 ms',
  latency: { kind: 'uniform', min: 5, max: 35 },
  processing: 0,
}
export const LOG_NORMAL: Surroundings = {
  name: 'log-normal, median 20 ms, σ 0.5',
  latency: { kind: 'log-normal', median: 20, sigma: 0.5 },
  processing: 0,
}
export const BUSY: Surroundings = { ...UNIFORM, name: 'uniform 5–35 ms, 1 ms to handle a message', processing: 1 }
export const SURROUNDINGS = [UNIFORM, LOG_NORMAL, BUSY]
