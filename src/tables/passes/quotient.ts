/**
 * Pass 3, quotient: local states that no continuation distinguishes are one state.
 *
 * Partition refinement (a strong bisimulation): two local states stay together while, under the same atoms, they send
 * the same, output the same and go to states that are still together. Earlier messages and outputs of a participant are
 * not in its local state: the global state keeps them.
 *
 * Sound because each step of one is a step of the other, for every claim about outputs and messages, and for lengths.
 * Only if bounds are local, and a rule depends on its own state and on atoms only. It switches itself off for liveness
 * where a bound was hit.
 *
 * A message that triggers is an atom, too: all messages that trigger the same are one.
 */

import type { Machine, MachineDraft, Options } from '../automaton/machine.ts'
import type { Option } from '../closure/closed.ts'

/** What is asked of an option in every round. */
interface Known {
  readonly option: Option
  readonly label: string
  readonly silent: boolean
  /** Made when they are first needed. */
  conditions: readonly number[]
  /** The same number for equal conditions and labels; −1 until they are known. */
  effect: number
}

/** An edge between blocks. */
interface Between extends MachineDraft {
  readonly label: string
}

export function quotient(options: Options): Machine {
  const states = options.part.locals.length
  const all = options.part.options.map((list, local) =>
    list.map((option): Known => {
      const [label, silent] = [options.label(option, local), options.isSilent(option)]
      return { option, label, silent, conditions: [], effect: -1 }
    }),
  )
  const effects = new Map<string, number>()
  let blocks = new Int32Array(states)
  let drafts: MachineDraft[][] = []
  for (let count = 0; ; ) {
    const numbers = new Map<string, number>()
    const next = new Int32Array(states)
    drafts = []
    for (let state = 0; state < states; state++) {
      const edges = edgesOf(options, all[state]!, blocks[state]!, blocks, effects)
      const tokens = edges.map(({ atoms, label, target }) => `${atoms.join()}|${label}|${target}`)
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
function edgesOf(
  options: Options,
  all: readonly Known[],
  own: number,
  blocks: Int32Array,
  effects: Map<string, number>,
): Between[] {
  const groups = new Map<number, { triggers: Option['trigger'][]; known: Known; target: number }>()
  for (const known of all) {
    options.tick()
    const { option, label, silent } = known
    const target = blocks[option.target]!
    if (silent && target === own) continue
    if (known.effect === -1) {
      known.conditions = options.conditions(option)
      known.effect = numberIn(effects, `${known.conditions.join()} ${label}`)
    }
    const key = known.effect * blocks.length + target
    const group = groups.get(key)
    if (group) group.triggers.push(option.trigger)
    else groups.set(key, { triggers: [option.trigger], known, target })
  }
  const edges = [...groups.values()].map(({ triggers, known: { option, label, conditions }, target }): Between => {
    return { atoms: options.atoms(conditions, triggers), option, label, target }
  })
  return edges.filter((edge) => !edges.some((other) => dominates(other, edge, edges)))
}

function numberIn(numbers: Map<string, number>, text: string): number {
  let number = numbers.get(text)
  if (number === undefined) {
    number = numbers.size
    numbers.set(text, number)
  }
  return number
}

/** Does another edge do the same on fewer conditions? Of two equal ones the first stays. */
function dominates(other: Between, edge: Between, edges: readonly Between[]): boolean {
  if (other === edge || other.target !== edge.target || other.label !== edge.label) return false
  if (!other.atoms.every((atom) => edge.atoms.includes(atom))) return false
  return other.atoms.length < edge.atoms.length || edges.indexOf(other) < edges.indexOf(edge)
}
