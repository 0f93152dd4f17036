import type { Row, World } from '../kernel/index.ts'
import type { Actions } from './actions.ts'
import type { Chooser, Chosen } from './chooser.ts'
import { LocalGraph } from './local-graph.ts'
import { randomWalk } from './random-walk.ts'

/** The first runs of a seed, by which all later ones go. */
export const PILOT = 1_000

/** Shares: of the feature that brings most, of one that brings nothing new, and at least of the plain random walk. */
const MOST = 8
const LEAST = 1
const PLAIN = 4

/** How often each chooser, and each strategy, is drawn: by name. */
export type Shares = ReadonlyMap<string, number>

/**
 * What the first runs of a seed have met: local states, with how far they are from outputs, and which choosers and
 * strategies lead to ends that no run before had. Whoever makes a later run makes the pilot first, from nothing, so all
 * know the same, and a run is a function of its seed and number.
 */
export class Pilot {
  readonly graph = new LocalGraph()
  readonly #ends = new Set<string>()
  readonly #runs = new Map<string, number>()
  readonly #news = new Map<string, number>()
  /** By instance: where it was when it was looked at last, the number of that state, and how many outputs it had. */
  #rows: Row[] = []
  #states: number[] = []
  #outputs: number[] = []

  /** The same chooser, watched. */
  watch(chooser: Chooser): Chooser {
    return {
      ...chooser,
      begin: (choices, weights) => {
        const next = chooser.begin(choices, weights)
        this.#rows = []
        this.#states = []
        this.#outputs = []
        return (actions: Actions): Chosen => {
          this.#look(actions.world)
          return next(actions)
        }
      },
    }
  }

  /** A run has ended that had these features. */
  end(world: World, features: readonly string[]): void {
    this.#look(world)
    const end = `${world.program.setting.byzantine} ${this.#states} ${this.#outputs}`
    const isNew = !this.#ends.has(end)
    this.#ends.add(end)
    for (const name of features) {
      this.#runs.set(name, (this.#runs.get(name) ?? 0) + 1)
      if (isNew) this.#news.set(name, (this.#news.get(name) ?? 0) + 1)
    }
  }

  #look(world: World): void {
    for (let i = 0; i < world.instances.length; i++) {
      const instance = world.instances[i]!
      if (instance.twin) break
      const [before, had] = [this.#states[i], this.#outputs[i] ?? 0]
      const { outputs } = instance.record
      if (instance.row === this.#rows[i] && outputs.length === had) continue
      const state = this.graph.state(instance)
      if (before !== undefined) {
        this.graph.add(before, state)
        for (let output = had; output < outputs.length; output++) this.graph.put(before, world, outputs[output]!)
      }
      this.#rows[i] = instance.row
      this.#states[i] = state
      this.#outputs[i] = outputs.length
    }
  }

  /** All runs are made. Says what follows from them for each feature that later runs may have. */
  finish(features: readonly (readonly string[])[]): Shares {
    this.graph.finish()
    return new Map(features.flatMap((names) => this.#shares(names)))
  }

  /** In proportion to how many of its runs ended as none had before. Nothing is known of what was in no run. */
  #shares(names: readonly string[]): [name: string, share: number][] {
    const rates = names.map((name) => {
      const runs = this.#runs.get(name)
      return runs === undefined ? undefined : (this.#news.get(name) ?? 0) / runs
    })
    const best = Math.max(0, ...rates.map((rate) => rate ?? 0))
    return names.map((name, i) => {
      const rate = rates[i] ?? best
      const share = best > 0 ? Math.round((MOST * rate) / best) : MOST
      return [name, Math.max(share, name === randomWalk.name ? PLAIN : LEAST)]
    })
  }
}
