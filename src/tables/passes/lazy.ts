/**
 * Pass 6, lazy consumption: of two moves that others cannot distinguish, to y and to y′, only the first is kept if silent
 * steps that are enabled now lead from y to y′: y can do all that y′ can.
 *
 * Sound because the silent steps from y to y′ can be taken later, as in big steps. Only if the claim is a safety claim;
 * and lengths stay shortest only if cost(y) + silent distance(y → y′) ≤ cost(y′), without which y′ is kept. It switches
 * itself off for liveness where a bound was hit.
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
