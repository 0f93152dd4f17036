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
    // A priority holds as long as its participant has not moved: the steps of one participant race.
    const priorities = new Map<number, { priority: number; move: number }>()
    const moves: number[] = []
    return (options: Options) => {
      let [bestKind, bestIndex] = [-1, -1]
      let highest = -1
      let mover = 0
      for (let kind = 0; kind < options.counts.length; kind++) {
        // A kind of small weight gets lower priorities.
        const scale = Math.min(8, 1 + weights[kind]!)
        for (let index = 0; index < options.counts[kind]!; index++) {
          const key = options.key(kind, index)
          const at = options.at(kind, index)
          const move = moves[at] ?? 0
          let known = priorities.get(key)
          if (known === undefined || known.move !== move) {
            const scarce = options.isStarved(kind, index) ? 0 : scale
            const priority = choices.below(65_536) * scarce
            if (known) {
              known.priority = priority
              known.move = move
            } else {
              known = { priority, move }
              priorities.set(key, known)
            }
          }
          if (known.priority > highest) {
            highest = known.priority
            bestKind = kind
            bestIndex = index
            mover = at
          }
        }
      }
      moves[mover] = (moves[mover] ?? 0) + 1
      return { kind: bestKind, index: bestIndex }
    }
  },
}
