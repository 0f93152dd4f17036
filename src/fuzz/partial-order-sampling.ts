import type { Chooser, Options } from './chooser.ts'

/**
 * Partial order sampling: every step gets a random priority when it first can be taken, the highest goes first, and
 * the steps that raced with it (those of the same participant) draw anew. Samples orders of racing steps more evenly
 * than a random walk does.
 *
 * Yuan, Yang, Gu, "Partial order aware concurrency sampling", CAV 2018.
 */
export const partialOrderSampling: Chooser = {
  name: 'pos',
  about: 'partial order sampling: random priorities, drawn anew for steps that raced with the one taken',
  begin(choices, weights) {
    const priorities = new Map<number, number>()
    const places = new Map<number, number>()
    return (options: Options) => {
      let best = { kind: -1, index: -1 }
      let highest = -1
      for (let kind = 0; kind < options.counts.length; kind++) {
        for (let index = 0; index < options.counts[kind]!; index++) {
          const key = options.key(kind, index)
          let priority = priorities.get(key)
          if (priority === undefined) {
            // A kind of small weight gets the best of fewer draws, hence lower priorities.
            priority = choices.below(65_536) * Math.min(8, 1 + weights[kind]!)
            priorities.set(key, priority)
            places.set(key, options.at(kind, index))
          }
          if (priority > highest) {
            highest = priority
            best = { kind, index }
          }
        }
      }
      const at = options.at(best.kind, best.index)
      for (const [key, place] of places) {
        if (place !== at) continue
        priorities.delete(key)
        places.delete(key)
      }
      return best
    }
  },
}
