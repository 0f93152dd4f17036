import { type Chooser, drawIndex, drawKind } from './chooser.ts'

/** Every step that can be taken is as likely as any other of its kind. */
export const randomWalk: Chooser = {
  name: 'random-walk',
  about: 'each next step drawn uniformly among those of a kind; kinds drawn by weight',
  begin: (choices, weights) => (options) => {
    const kind = drawKind(choices, weights, options.counts)
    return { kind, index: drawIndex(choices, options, kind) }
  },
}
