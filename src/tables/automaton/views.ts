/** The views that local states are in, and what participants send at the beginning: what levels are made of. */
import type { Program } from '../../model/index.ts'
import { type Closed, isCrashed } from '../closure/closed.ts'
import type { GuardedEdge, Machine } from './machine.ts'

/** By participant: what it sends at the beginning, as a row of envelopes. */
export function initialRows({ initial }: Closed, rowWords: number): Int32Array[] {
  return initial.map(({ says }) => {
    const row = new Int32Array(rowWords)
    for (const envelope of says) row[envelope >> 5]! |= 1 << (envelope & 31)
    return row
  })
}

/** The view that each edge leads to, counted from 1 for the lowest; 0 for clients, and where there are no views. */
export function viewsIn(program: Program, closed: Closed, machines: readonly Machine[]): Map<GuardedEdge, number> {
  const { setting, protocol } = program
  const { viewOf } = protocol.definition as { readonly viewOf?: (state: unknown) => number }
  const views = new Map<GuardedEdge, number>()
  for (const [p, { at, locals }] of closed.participants.entries()) {
    for (const edge of machines[p]!.edges.flat()) {
      const local = locals[edge.leads]!
      const { state, threw } = closed.table.locals.values[isCrashed(local) ? -1 - local : local]!
      const isIn = viewOf !== undefined && at < setting.n && threw === undefined
      views.set(edge, isIn ? viewOf(state) : Number.NEGATIVE_INFINITY)
    }
  }
  const all = [...new Set(views.values())].filter(Number.isFinite).sort((a, b) => a - b)
  for (const [edge, view] of views) views.set(edge, all.indexOf(view) + 1)
  return views
}
