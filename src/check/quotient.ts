/**
 * Pass 3, quotient: local states that no continuation can tell apart are one state.
 *
 * Partition refinement (a strong bisimulation): two local states stay together while, under the same atoms, they say
 * the same, put out the same and go to states that are still together. Sound for every claim that reads outputs and
 * what is said, and for the number of steps, because each step of one is a step of the other. What a participant said
 * and put out before is no part of its local state: the global state keeps it. Conditions: bounds are local, and what
 * a rule may do depends on its own state and on atoms only.
 *
 * A message that triggers is an atom too: all messages that trigger the same are one.
 */
import type { Draft, Machine, Options } from './machine.ts'

export function quotient(options: Options): Machine {
  const states = options.part.locals.length
  let blocks = new Int32Array(states)
  let drafts: Draft[][] = []
  for (let count = 0; ; ) {
    const numbers = new Map<string, number>()
    const next = new Int32Array(states)
    drafts = []
    for (let state = 0; state < states; state++) {
      const edges = edgesOf(options, state, blocks)
      const tokens = edges.map(({ atoms, option, target }) => `${atoms.join()}|${options.label(option)}|${target}`)
      const signature = `${blocks[state]} ${tokens.sort().join(';')}`
      let number = numbers.get(signature)
      if (number === undefined) {
        number = numbers.size
        numbers.set(signature, number)
        drafts.push(edges)
      }
      next[state] = number
    }
    const stable = numbers.size === count
    count = numbers.size
    // With the same number of blocks, the numbers are the same too: both count first appearances.
    if (stable) return options.machine(drafts, next)
    blocks = next
  }
}

/** The edges of a local state between blocks: equal effects merged, self-loops that nobody notices left out. */
function edgesOf(options: Options, state: number, blocks: Int32Array): Draft[] {
  const groups = new Map<string, { conditions: number[]; triggers: Draft['option']['trigger'][]; draft: Draft }>()
  for (const option of options.part.options[state]!) {
    const target = blocks[option.target]!
    const label = options.label(option)
    if (label === '||' && target === blocks[state]) continue
    const conditions = options.conditions(option)
    const key = `${conditions.join()} ${label} ${target}`
    const group = groups.get(key)
    if (group) group.triggers.push(option.trigger)
    else groups.set(key, { conditions, triggers: [option.trigger], draft: { atoms: [], option, target } })
  }
  const edges = [...groups.values()].map(({ conditions, triggers, draft }): Draft => {
    return { ...draft, atoms: options.atoms(conditions, triggers) }
  })
  return edges.filter((edge) => !edges.some((other) => dominates(other, edge, edges, options)))
}

/** Does another edge do the same on fewer conditions? Of two equal ones the first stays. */
function dominates(other: Draft, edge: Draft, edges: readonly Draft[], options: Options): boolean {
  if (other === edge || other.target !== edge.target) return false
  if (options.label(other.option) !== options.label(edge.option)) return false
  if (!other.atoms.every((atom) => edge.atoms.includes(atom))) return false
  return other.atoms.length < edge.atoms.length || edges.indexOf(other) < edges.indexOf(edge)
}
