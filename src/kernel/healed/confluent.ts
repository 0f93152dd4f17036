import type { Id } from '../../model/index.ts'
import type { Leaf } from '../../system/index.ts'

/** A rule that could fire on a message, and what would come of it. */
export interface PossibleFiring {
  readonly rule: string
  readonly message: number
  readonly from: Id
  /** The questions that it asks, by identity: equal lists are satisfied by the same messages. */
  readonly asks: readonly object[]
  readonly leaf: Leaf
}

/** Local states that are looked at before order counts as something that matters. */
const MOST_STATES = 200

/**
 * Does the order of firings make no difference, whatever part of the messages has arrived? It makes none if every two
 * firings that are possible in a state come to the same in both orders, on the same questions: to one state, the same
 * messages sent and the same outputs. Where one of them is no step any more after the other, that one alone has to come
 * to the same. And no state may be come to twice.
 *
 * @param firingsOf what can fire in a local state, if all messages that will ever be there are there; nothing if
 * unknown
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
      queue.push(...firings.map(({ leaf }) => leaf.local))
    }
    return firings
  }
  for (let next = 0; next < queue.length; next++) {
    const here = at(queue[next]!)
    if (!here || here.some(({ leaf }) => leaf.local === queue[next])) return false
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
  const [afterOne, afterOther] = [at(one.leaf.local), at(other.leaf.local)]
  if (!afterOne || !afterOther) return false
  const then = afterOne.find((firing) => isOnTheSame(firing, other))
  const before = afterOther.find((firing) => isOnTheSame(firing, one))
  if ((then && !asksTheSame(then, other)) || (before && !asksTheSame(before, one))) return false
  return comeToTheSame(inTurn(one, then), inTurn(other, before))
}

function isOnTheSame(one: PossibleFiring, other: PossibleFiring): boolean {
  return one.rule === other.rule && one.message === other.message && one.from === other.from
}

function asksTheSame(one: PossibleFiring, other: PossibleFiring): boolean {
  return one.asks.length === other.asks.length && one.asks.every((ask, i) => ask === other.asks[i])
}

function inTurn(one: PossibleFiring, next: PossibleFiring | undefined): readonly Leaf[] {
  return next ? [one.leaf, next.leaf] : [one.leaf]
}

/** One state, the same outputs and notes in one order, and the same messages sent, in whatever order and how often. */
function comeToTheSame(some: readonly Leaf[], others: readonly Leaf[]): boolean {
  if (some.at(-1)!.local !== others.at(-1)!.local) return false
  if (!putTheSame(some, others, 'outputs') || !putTheSame(some, others, 'notes')) return false
  return saysAllOf(some, others) && saysAllOf(others, some)
}

function putTheSame(some: readonly Leaf[], others: readonly Leaf[], what: 'outputs' | 'notes'): boolean {
  // Most put out nothing.
  if (some.every((leaf) => leaf[what].length === 0)) return others.every((leaf) => leaf[what].length === 0)
  return some.flatMap((leaf) => leaf[what]).join() === others.flatMap((leaf) => leaf[what]).join()
}

function saysAllOf(some: readonly Leaf[], others: readonly Leaf[]): boolean {
  const isSaid = ({ message, to }: Leaf['sent'][number]): boolean =>
    some.some(({ sent }) => sent.some((word) => word.message === message && word.to === to))
  return others.every(({ sent }) => sent.every(isSaid))
}

function isAcyclic(start: number, known: ReadonlyMap<number, readonly PossibleFiring[]>): boolean {
  const done = new Set<number>()
  const open = new Set<number>()
  const visit = (local: number): boolean => {
    if (done.has(local)) return true
    if (open.has(local)) return false
    open.add(local)
    const fine = known.get(local)!.every(({ leaf }) => visit(leaf.local))
    open.delete(local)
    done.add(local)
    return fine
  }
  return visit(start)
}
