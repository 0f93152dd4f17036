import type { Row, World } from '../../kernel/index.ts'
import { type Features, Shares } from '../run/features.ts'
import type { Actions, Chosen } from '../schedule/actions.ts'
import type { Chooser } from '../schedule/chooser.ts'
import { LocalGraph } from '../schedule/local-graph.ts'
import { randomWalk } from '../schedule/random-walk.ts'

/** The first runs of a seed, by which all later ones go. */
export const PILOT = 1_000

/** Shares: of the feature that brings most, of one that brings nothing new, and at least of the plain random walk. */
const MOST = 8
const LEAST = 1
const PLAIN = 4

/**
 * What the first runs of a seed have met: local states, with how far they are from outputs, and which choosers and
 * strategies still lead to moves that no run before had made. Whoever makes a later run makes the pilot first, from
 * nothing, so all know the same, and a run is a function of its seed and number.
 */
export class Pilot {
  readonly graph = new LocalGraph()
  readonly #runs = new Map<string, number>()
  readonly #news = new Map<string, number>()
  #made = 0
  /** Moves between local states that the present run was the first to make. */
  #new = 0
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
        this.#new = 0
        this.#rows = []
        this.#states = []
        this.#outputs = []
        return (actions: Actions): Chosen | undefined => {
          this.#look(actions.world)
          return next(actions)
        }
      },
    }
  }

  /** A run has ended. Of several strategies each gets its part. */
  end(world: World, { chooser, strategies }: Features): void {
    this.#look(world)
    // What is common has been met by then: what counts is who still finds something.
    if (++this.#made <= PILOT / 2) return
    this.#credit(chooser.name, 1)
    for (const { name } of strategies) this.#credit(name, 1 / strategies.length)
  }

  #credit(name: string, part: number): void {
    this.#runs.set(name, (this.#runs.get(name) ?? 0) + part)
    this.#news.set(name, (this.#news.get(name) ?? 0) + part * this.#new)
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
        if (this.graph.add(before, state)) this.#new++
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
    return new Shares(new Map(features.flatMap((names) => this.#shares(names))))
  }

  /** In proportion to the new moves for each of its runs. Nothing is known of what was in no run. */
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
