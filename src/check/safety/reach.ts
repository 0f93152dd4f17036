/**
 * A way to a state that reaches a guard, whichever comes first. Where relaxation leaves out what cannot break a claim, a
 * guard may be left out with it: it is then looked for by itself, in depth, which is short where there are many ways.
 */

import { GlobalStates } from '../../tables/automaton/states.ts'
import type { Relaxation } from '../../tables/passes/relaxation.ts'
import type { PackedSpace } from '../../tables/space/packed-space.ts'
import type { SearchLimits, Violating } from './search.ts'

export interface Reached {
  readonly states: GlobalStates
  readonly transitions: number
  readonly way: Violating | undefined
  readonly finished: boolean
}

/** Moves between two calls of `onProgress`. */
const PROGRESS_EVERY = 4_096

/** @param guard its index among the claims of the space's judge */
export function reach(space: PackedSpace, relaxation: Relaxation, guard: number, limits: SearchLimits): Reached {
  const { layout } = space
  const states = new GlobalStates(layout)
  const before: number[] = []
  const stack: number[] = []
  const state = new Int32Array(layout.words)
  let transitions = 0
  const found = (number: number, after?: Int32Array): Reached => {
    const path: number[] = []
    for (let at = number; at >= 0; at = before[at]!) path.unshift(at)
    const way: Violating = { cost: path.length, path, states, ...(after ? { after: after.slice() } : {}) }
    return { states, transitions, way, finished: true }
  }
  const come = (record: Int32Array, from: number): void => {
    const number = states.add(record)
    if (number !== before.length) return
    before.push(from)
    stack.push(number)
  }
  const initial = space.initial()
  const isReached = space.verdicts(initial)[guard]
  space.canonical(initial)
  come(initial, -1)
  if (isReached) return { ...found(0), way: { cost: 0, path: [], states } }
  while (stack.length > 0) {
    const number = stack.pop()!
    states.at(number, state)
    if (!relaxation.mayDecide(state, 1 << guard)) continue
    for (let p = 0; p < layout.ids.length; p++) {
      for (const move of space.moves(state, p)) {
        const raw = space.after(state, p, move)
        const verdicts = space.judged(state, raw, p)
        space.canonical(raw)
        if (verdicts?.[guard]) return found(number, raw)
        come(raw, number)
        transitions++
        const isOver = transitions % PROGRESS_EVERY === 0 && limits.onProgress?.(states.count, stack.length, 0) === true
        if (isOver || states.count >= limits.maxStates) return { states, transitions, way: undefined, finished: false }
      }
    }
  }
  return { states, transitions, way: undefined, finished: true }
}
