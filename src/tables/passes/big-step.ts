/**
 * Pass 5, big steps: a step that sends and outputs nothing is invisible to all other participants, so it is postponed to
 * just before the visible step of the same participant that needs it.
 *
 * Sound because atoms never turn false again: the postponed steps stay enabled, and others cannot distinguish the two
 * schedules. The schedule has the same number of steps, or fewer if a silent step was never needed; a move costs as many
 * steps as it stands for. Only if the claim is a safety claim; for liveness, see liveness/live-moves.ts. It switches
 * itself off for liveness where a bound was hit.
 */
import type { GuardedEdge, Machine } from '../automaton/machine.ts'

/** One or more steps of one participant, of which only the last is noticed. */
export interface Move {
  /** Number of steps. */
  readonly cost: number
  readonly edges: readonly GuardedEdge[]
  /** The last of the edges. */
  readonly last: GuardedEdge
}

/** Does the edge's condition hold, given the atoms that are true? */
export function isEnabled({ atoms }: GuardedEdge, truth: Int32Array): boolean {
  for (const atom of atoms) if ((truth[atom >> 5]! & (1 << (atom & 31))) === 0) return false
  return true
}

/** Every enabled edge is a move of its own. */
export function singleSteps({ edges }: Machine, state: number, truth: Int32Array): Move[] {
  return edges[state]!.filter((edge) => isEnabled(edge, truth)).map((edge) => ({ cost: 1, edges: [edge], last: edge }))
}

/** The shortest ways to all states that silent steps lead to now. */
export function silently({ edges }: Machine, state: number, truth: Int32Array): Map<number, readonly GuardedEdge[]> {
  const ways = new Map<number, readonly GuardedEdge[]>([[state, []]])
  for (const [here, way] of ways) {
    for (const edge of edges[here]!) {
      if (edge.silent && !ways.has(edge.target) && isEnabled(edge, truth)) ways.set(edge.target, [...way, edge])
    }
  }
  return ways
}

/** Every visible edge that silent steps lead to, with them before it. */
export function bigSteps(machine: Machine, state: number, truth: Int32Array): Move[] {
  const moves: Move[] = []
  for (const [here, way] of silently(machine, state, truth)) {
    for (const last of machine.edges[here]!) {
      if (!last.silent && isEnabled(last, truth)) moves.push({ cost: way.length + 1, edges: [...way, last], last })
    }
  }
  return moves
}
