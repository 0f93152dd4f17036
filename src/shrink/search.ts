import { byText, type Claim, deepFreeze } from '../model/index.ts'
import { type Step, type System, start } from '../system/index.ts'
import { keyOf } from './coalition.ts'
import { Judge, usedBy } from './judge.ts'
import { StateKeys } from './state-key.ts'
import type { Space } from './vocabulary.ts'

export interface Searched {
  /** A shortest violation below the limit, if there is one. */
  readonly found: readonly Step[] | undefined
  /** Was everything below the limit, or below what was found, looked at? */
  readonly finished: boolean
  readonly states: number
}

interface Node {
  readonly system: System
  readonly before: Node | undefined
  readonly step: (() => Step) | undefined
  /** The coalition's words that were used on the way, where the claim depends on them; sorted. */
  readonly used: readonly string[]
}

/**
 * Breadth-first search through all that a space allows, for a violation of at most `maxSteps` steps. The first one
 * found is a shortest one.
 */
export function search(space: Space, claim: Claim<any>, maxSteps: number, maxStates: number): Searched {
  const { program } = space
  const judge = new Judge(program, claim)
  const keys = new StateKeys()
  const seen = new Set<string>()
  const root: Node = { system: start(program), before: undefined, step: undefined, used: [] }
  const pathOf = (node: Node | undefined): Step[] =>
    node?.step ? [...pathOf(node.before), deepFreeze(node.step())] : []
  const broken = (node: Node): string | undefined =>
    judge.end(node.system, judge.atEnd ? pathOf(node).flatMap((step) => usedBy(program, step)) : [])
  if (broken(root)) return { found: [], finished: true, states: 1 }
  seen.add(keys.of(root.system))
  let level: Node[] = [root]
  for (let depth = 1; depth <= maxSteps && level.length > 0; depth++) {
    const next: Node[] = []
    for (const node of level) {
      for (const { step, after } of space.successors(node.system)) {
        const fresh = judge.atEnd ? usedBy(program, step()).map(({ at, word }) => `${at} ${keyOf(word)}`) : []
        const used = fresh.length > 0 ? [...new Set([...node.used, ...fresh])].sort(byText) : node.used
        const child: Node = { system: after, before: node, step, used }
        if (judge.step(node.system, after)) return { found: pathOf(child), finished: !space.capped, states: seen.size }
        if (!judge.atEnd && depth === maxSteps) continue
        const key = judge.atEnd ? `${keys.of(after)} ${used.join(' ')}` : keys.of(after)
        if (seen.has(key)) continue
        if (seen.size >= maxStates) return { found: undefined, finished: false, states: seen.size }
        seen.add(key)
        if (broken(child)) return { found: pathOf(child), finished: !space.capped, states: seen.size }
        next.push(child)
      }
    }
    level = next
  }
  return { found: undefined, finished: !space.capped, states: seen.size }
}
