/**
 * A register that is written once, by n = 3f + 1 replicas of which f are Byzantine: what is common to its programs in several
 * languages. A primary proposes a value, a quorum accepts it, a quorum commits it; where that takes too long, replicas
 * change the view, and tell the next primary what they are locked on.
 *
 * The reducers are in the folders beside this file. What stands here is what they are held against.
 */
import { agreement, all, decided, type External, match, type Setting, said } from 'turncoat'

export interface Lock {
  view: number
  value: string
}

export interface Register {
  state: {
    view: number
    /** The value of its own input. */
    wish: string | null
    /** What it has accepted in this view. */
    accepted: string | null
    locked: Lock | null
    written: string | null
  }
  message:
    | { type: 'PROPOSE'; view: number; value: string }
    | { type: 'ACCEPT'; view: number; value: string }
    | { type: 'COMMIT'; view: number; value: string }
    | { type: 'CHANGE'; view: number; locked: Lock | null }
  output: { written: string }
  timer: 'view'
  rules: typeof rules
}

type Message = Register['message']

/** Two quorums share f + 1 replicas, hence a correct one, and a correct replica accepts one value in a view. */
const rules = ({ n, f }: Setting) => ({ quorum: Math.ceil((n + f + 1) / 2) })

/** The lock of the highest view; of those that the messages carry, no other can be the lock of a value that was written. */
export function highest(changes: readonly Message[]): Lock | null {
  let lock: Lock | null = null
  for (const change of changes) {
    if (change.type === 'CHANGE' && change.locked && (!lock || change.locked.view > lock.view)) lock = change.locked
  }
  return lock
}

export const common = {
  name: 'register',
  rules,
  defaults: (n: number) => {
    const f = Math.floor((n - 1) / 3)
    return { f, b: f, values: ['a', 'b'], inputs: { 0: ['a'], 1: ['b'] }, bounds: { views: 2 } }
  },
  proofs: {
    // In the first view the primary is free; later it has to show what a quorum was locked on.
    PROPOSE: ({ view, value }, { rules }) =>
      view === 0
        ? all([])
        : said(rules.quorum, match<Message>('CHANGE', { view }), (changes) => {
            const lock = highest(changes)
            return lock === null || lock.value === value
          }),
    CHANGE: ({ locked }, { rules }) =>
      locked === null ? all([]) : said(rules.quorum, match<Message>('ACCEPT', { ...locked })),
  },
  within: ({ view }, bounds) => view < bounds['views']!,
  viewOf: ({ view }) => view,
} satisfies Partial<External<Register>>

/** What a program listens to, whatever it is written in. */
export const listens = { messages: ['PROPOSE', 'ACCEPT', 'COMMIT', 'CHANGE'], input: true, timers: ['view'] }

const written = (output: Register['output']) => ({ slot: '', value: output.written })

export const claims = [agreement(written), decided(written)]
