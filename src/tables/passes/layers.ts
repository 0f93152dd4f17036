/**
 * Layers: of all runs that differ only in the order of steps of different views, one is searched: the one in which levels
 * never decrease. `../automaton/levels.ts` defines levels.
 *
 * Sound because each run can be sorted by the levels of its steps. Steps of one participant stay in their order, and the
 * messages that a step needs are of its own level or lower, so they come before it. All steps and outputs stay the same,
 * and so does the length. Sorting can only lower a step's level, when a message of a low level now comes before it; so
 * repeated sorting ends, with a run that is sorted by its own levels. So a move can be removed if its level is bound to
 * be lower than one that was reached (moves), and states that differ only in such moves are one (states). Silent steps
 * stay, because big steps postpone them.
 *
 * Only if a claim reads nothing but the outputs of each participant, in its order. It switches itself off for claims that
 * read the soup, if there are not two views, and if no step is bound to one: what steps need may then be sent in any view.
 */
import type { Atoms } from '../automaton/atoms.ts'
import { type Levels, levelsOf } from '../automaton/levels.ts'
import type { GuardedEdge, Machine } from '../automaton/machine.ts'

export interface LayersOptions {
  readonly atoms: Atoms
  readonly machines: readonly Machine[]
  readonly groups: readonly (readonly number[])[]
  readonly initial: readonly Int32Array[]
  readonly views: ReadonlyMap<GuardedEdge, number>
}

export class Layers {
  /** Why it has nothing to do, if so. */
  readonly why: string | undefined
  readonly #levels: Levels
  readonly #machines: readonly Machine[]
  readonly #groups: readonly (readonly number[])[]
  /** By level. */
  readonly #left: (readonly Machine[])[] = []
  readonly #stands: (readonly Int32Array[])[] = []

  constructor(options: LayersOptions, levels = levelsOf(options)) {
    this.#levels = levels
    this.#machines = options.machines
    this.#groups = options.groups
    this.why = this.#whyNot()
  }

  /** The level that is reached with an edge. */
  after(level: number, edge: GuardedEdge): number {
    return Math.max(level, this.#levels.lower.get(edge)!)
  }

  /** The machines without edges that are too low where a level is reached. */
  machines(level: number): readonly Machine[] {
    this.#left[level] ??= this.#machines.map((machine) => ({
      ...machine,
      edges: machine.edges.map((list) => list.filter((edge) => this.#mayFollow(level, edge))),
    }))
    return this.#left[level]
  }

  /** By machine and state: the state that stands for it where a level is reached. */
  stands(level: number): readonly Int32Array[] {
    this.#stands[level] ??= this.machines(level).map((machine) => this.#classes(machine, level))
    return this.#stands[level]
  }

  /** Edges by level that was reached: all that there are, and those that are left of states that stand for others. */
  counts(): { readonly all: number; readonly left: number } {
    let [all, left] = [0, 0]
    for (const [level, stands] of this.#stands.entries()) {
      for (const [p, { edges }] of (stands ? this.#machines : []).entries()) {
        for (const [state, list] of edges.entries()) {
          all += list.length
          if (stands![p]![state] === state) left += this.machines(level)[p]!.edges[state]!.length
        }
      }
    }
    return { all, left }
  }

  #mayFollow(level: number, edge: GuardedEdge): boolean {
    return edge.silent || this.#levels.upper.get(edge)! >= level
  }

  #whyNot(): string | undefined {
    const { top, lower, upper } = this.#levels
    const machines = this.#machines
    const isBound = (edge: GuardedEdge): boolean => !edge.silent && upper.get(edge)! < top
    if (!machines.some(({ edges }) => edges.some((list) => list.some(isBound))))
      return 'what steps need may be sent in any view'
    const looks = ({ edges }: Machine): string => {
      const text = (e: GuardedEdge): string => `${label(e)}|${lower.get(e)} ${upper.get(e)}|${e.target}`
      return edges.map((list) => list.map(text).sort().join(';')).join(' ')
    }
    const alike = this.#groups.every((group) => group.every((p) => looks(machines[p]!) === looks(machines[group[0]!]!)))
    return alike ? undefined : 'replicas that are interchangeable are not in the same views'
  }

  /** The first of all states that do the same from here on, at the same levels. */
  #classes({ edges }: Machine, level: number): Int32Array {
    const { upper } = this.#levels
    const labels = edges.map((list) =>
      list.map((edge) => `${label(edge)}|${this.after(level, edge)} ${edge.silent || upper.get(edge)}`),
    )
    let blocks = new Int32Array(edges.length)
    for (let count = 1; ; ) {
      const numbers = new Map<string, number>()
      const next = new Int32Array(edges.length)
      for (const [state, list] of edges.entries()) {
        const tokens = new Set<string>()
        for (const [i, edge] of list.entries()) {
          const target = blocks[edge.target]!
          if (edge.silent && target === blocks[state] && this.after(level, edge) === level) continue
          tokens.add(`${labels[state]![i]}|${target}`)
        }
        const signature = `${blocks[state]} ${[...tokens].sort().join(';')}`
        if (!numbers.has(signature)) numbers.set(signature, numbers.size)
        next[state] = numbers.get(signature)!
      }
      blocks = next
      if (numbers.size === count) break
      count = numbers.size
    }
    return blocks.map((block) => blocks.indexOf(block))
  }
}

function label({ atoms, says, outputs, threw }: GuardedEdge): string {
  return `${atoms.join()}|${says.join()}|${outputs.join()}|${threw ?? ''}`
}
