/**
 * Pass 6, lazy consumption: of two moves that others cannot tell apart, one that leads to y and one that leads to y′,
 * where silent steps that are possible now lead from y to y′, only the first is kept: y can do all that y′ can.
 *
 * Sound for safety as big steps are: the silent steps from y to y′ can be taken later. The number of steps stays the
 * shortest only under a condition on costs: y′ goes only if cost(y) + silent distance(y → y′) ≤ cost(y′).
 */

import type { Machine } from '../automaton/machine.ts'
import { type Move, silently } from './big-step.ts'

export function lazily(machine: Machine, moves: readonly Move[], truth: Int32Array): Move[] {
  const groups = new Map<string, Move[]>()
  const kept: Move[] = []
  for (const move of moves) {
    const { says, outputs, threw, silent } = move.last
    if (silent) {
      kept.push(move)
      continue
    }
    const key = `${says.join()}|${outputs.join()}|${threw ?? ''}`
    const group = groups.get(key)
    if (group) group.push(move)
    else groups.set(key, [move])
  }
  for (const group of groups.values()) kept.push(...undominated(machine, group, truth))
  return kept
}

function undominated(machine: Machine, group: readonly Move[], truth: Int32Array): readonly Move[] {
  const cheapest = new Map<number, Move>()
  for (const move of group) {
    const known = cheapest.get(move.last.target)
    if (!known || move.cost < known.cost) cheapest.set(move.last.target, move)
  }
  const moves = [...cheapest.values()]
  if (moves.length < 2) return moves
  const ways = new Map(moves.map((move) => [move, silently(machine, move.last.target, truth)]))
  return moves.filter(({ cost, last }) => {
    return !moves.some((other) => {
      const way = other.last === last ? undefined : ways.get(other)!.get(last.target)
      return way !== undefined && other.cost + way.length <= cost
    })
  })
}
