import { forge } from '../../adversary/index.ts'
import { type Edge, type Instance, type Pick, resolve, type Taken } from '../../kernel/index.ts'
import type { Leaf } from '../../system/index.ts'
import type { Actions, Chosen } from './actions.ts'
import type { Choices } from './choices.ts'
import { type Chooser, drawAny, drawnBy } from './chooser.ts'
import { type LocalGraph, UNREACHED } from './local-graph.ts'

/** Of eight steps, how many lead to a goal if one can, before the first output of a run and after it. */
const FIRST = [0, 0, 2, 4] as const
const LATER = [0, 4, 6, 7] as const
/** Of the choices of messages for one edge, how many are tried. */
const TRIES = 4

/**
 * A random walk in which all steps are equally likely, until somebody has made an output. From then on most steps
 * bring some correct replica nearer to an output that nobody has output yet: where outputs must not differ, that is
 * what a violation takes. How many firings a local state is from an output is known from the pilot, which is the same
 * in every worker, and of the run itself only its outputs count: so a run is a function of the seed and its number.
 * Where arrivals are steps, or the pilot was never in a local state, it stays a random walk.
 */
export const goalDirected: Chooser = {
  name: 'goal-directed',
  about: 'a random walk towards outputs that no replica has made yet; the first 1,000 runs show the way',
  // A goal is of little use to a coalition that cannot send what leads there.
  partner: forge,
  begin(choices, _, { graph } = {}) {
    const [first, later] = [FIRST[choices.below(FIRST.length)]!, LATER[choices.below(LATER.length)]!]
    const search = new Search(choices, graph)
    return (actions) => {
      const eagerness = search.hasOutputs(actions) ? later : first
      const nearest = choices.below(8) < eagerness ? search.nearest(actions) : undefined
      return nearest ?? drawAny(choices, actions)
    }
  },
}

class Search {
  readonly #choices: Choices
  readonly #pick: Pick
  readonly #graph: LocalGraph | undefined
  /** Outputs of the run so far, and their numbers in the graph. */
  readonly #outputs = new Set<number>()
  readonly #done = new Set<number>()
  readonly #seen: number[] = []

  constructor(choices: Choices, graph: LocalGraph | undefined) {
    this.#choices = choices
    this.#pick = drawnBy(choices)
    this.#graph = graph
  }

  hasOutputs(actions: Actions): boolean {
    for (let i = 0; i < actions.instances.length; i++) {
      const { twin, record } = actions.instances[i]!
      if (twin) break
      for (let seen = this.#seen[i] ?? 0; seen < record.outputs.length; seen++) {
        this.#outputs.add(record.outputs[seen]!)
        if (this.#graph) this.#done.add(this.#graph.output(actions.world, record.outputs[seen]!))
      }
      this.#seen[i] = record.outputs.length
    }
    return this.#outputs.size > 0
  }

  /** One of the steps after which somebody is nearest to a new output, if it is nearer than before. */
  nearest(actions: Actions): Chosen | undefined {
    let [best, ties] = [UNREACHED, 0]
    let who: Instance | undefined
    let what: Edge | undefined
    let taken: readonly Taken[] | undefined
    for (const instance of actions.instances) {
      if (instance.twin) break
      const now = this.#distance(instance, instance.row.local)
      for (let kind = 0; kind < instance.counts.length; kind++) {
        for (let i = 0; i < instance.counts[kind]!; i++) {
          const edge = instance.enabled[kind]![i]!
          for (let tries = edge.leaf ? 1 : TRIES; tries > 0; tries--) {
            const done = edge.leaf ? { leaf: edge.leaf, taken: undefined } : this.#tried(actions, instance, edge)
            if (!done || done === 'cut') break
            const then = this.#after(instance, done.leaf)
            if (then > best || then >= now) continue
            if (then < best) [best, ties] = [then, 0]
            if (this.#choices.below(++ties) === 0) [who, what, taken] = [instance, edge, done.taken]
          }
        }
      }
    }
    return who && actions.edge(who, what!, taken)
  }

  /** What comes of an edge that takes some messages out of many, for some of them. */
  #tried({ world }: Actions, instance: Instance, { node }: Edge): ReturnType<typeof resolve> {
    return resolve(instance, world.table, node, this.#pick)
  }

  #after(instance: Instance, leaf: Leaf): number {
    if (leaf.outputs.some((output) => !this.#outputs.has(output))) return 0
    return this.#distance(instance, leaf.local)
  }

  #distance({ profile }: Instance, local: number): number {
    const distances = this.#graph?.from(profile, local)
    let nearest = UNREACHED
    if (distances) {
      for (let i = 0; i < distances.length; i++) {
        if (distances[i]! < nearest && !this.#done.has(i)) nearest = distances[i]!
      }
    }
    return nearest
  }
}
