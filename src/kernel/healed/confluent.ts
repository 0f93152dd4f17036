import type { Leaf } from '../../system/index.ts'

/** A rule that could fire on a message, and what would come of it. */
export interface PossibleFiring {
  readonly rule: string
  readonly message: number
  /** The questions that it asks, by identity: equal lists are satisfied by the same words. */
  readonly asks: readonly object[]
  readonly target: number
  /** How much it puts out. */
  readonly puts: number
  readonly leaf: Leaf
}

/** Local states that are looked at before order counts as something that matters. */
const MOST_STATES = 200

/**
 * Does the order of firings make no difference, whatever part of the words has arrived? It makes none if every two
 * different firings that are possible in a state can follow each other in both orders, on the same questions, to the
 * same state; if at most one of the two puts anything out; and if no state is come to twice.
 *
 * @param firingsOf what can fire in a local state, if all words that will ever be there are there; nothing if unknown
 */
export function isConfluent(
  start: number,
  firingsOf: (local: number) => readonly PossibleFiring[] | undefined,
): boolean {
  const known = new Map<number, readonly PossibleFiring[]>()
  const queue = [start]
  const at = (local: number): readonly PossibleFiring[] | undefined => {
    let firings = known.get(local)
    if (!firings) {
      firings = firingsOf(local)
      if (!firings || known.size >= MOST_STATES) return undefined
      known.set(local, firings)
      queue.push(...firings.map(({ target }) => target))
    }
    return firings
  }
  for (let next = 0; next < queue.length; next++) {
    const here = at(queue[next]!)
    if (!here || here.some(({ target }) => target === queue[next])) return false
    for (const [i, one] of here.entries()) {
      for (const other of here.slice(i + 1)) if (!commute(one, other, at)) return false
    }
  }
  return isAcyclic(start, known)
}

function commute(
  one: PossibleFiring,
  other: PossibleFiring,
  at: (local: number) => readonly PossibleFiring[] | undefined,
): boolean {
  if (hasSameEffect(one, other)) return true
  if (one.puts > 0 && other.puts > 0) return false
  const then = at(one.target)?.find((firing) => isSame(firing, other))
  const before = at(other.target)?.find((firing) => isSame(firing, one))
  return then !== undefined && before !== undefined && then.target === before.target
}

/** The same rule on the same message, asking and saying the same. */
function isSame(one: PossibleFiring, other: PossibleFiring): boolean {
  if (one.rule !== other.rule || one.message !== other.message || one.asks.length !== other.asks.length) return false
  return one.asks.every((ask, i) => ask === other.asks[i]) && saysSame(one, other)
}

/** Two messages on which a rule does the very same: whichever comes first. */
function hasSameEffect(one: PossibleFiring, other: PossibleFiring): boolean {
  return one.target === other.target && saysSame(one, other)
}

function saysSame({ leaf: one }: PossibleFiring, { leaf: other }: PossibleFiring): boolean {
  const text = ({ sent, outputs, notes }: Leaf): string => JSON.stringify([sent, outputs, notes])
  return text(one) === text(other)
}

function isAcyclic(start: number, known: ReadonlyMap<number, readonly PossibleFiring[]>): boolean {
  const done = new Set<number>()
  const open = new Set<number>()
  const visit = (local: number): boolean => {
    if (done.has(local)) return true
    if (open.has(local)) return false
    open.add(local)
    const fine = known.get(local)!.every(({ target }) => visit(target))
    open.delete(local)
    done.add(local)
    return fine
  }
  return visit(start)
}
