/** Layers with something overlooked: the laws have to notice each. */
import { levelsOf } from '../../src/tables/automaton/levels.ts'
import type { GuardedEdge } from '../../src/tables/automaton/machine.ts'
import { Layers, type LayersOptions } from '../../src/tables/passes/layers.ts'

/** Takes a step for one of the view that it leads to, whatever it asks for. */
export class ByViewAlone extends Layers {
  constructor(options: LayersOptions) {
    const { top, lower } = levelsOf(options)
    super(options, { top, lower, upper: lower })
  }
}

/** Supposes that low words are always enough. */
export class TrustsLowWords extends Layers {
  constructor(options: LayersOptions) {
    super(options, levelsOf(options, { isHarmless: () => true }))
  }
}

/** Overlooks that the coalition's words need a proof. */
export class ProvesAtOnce extends Layers {
  constructor(options: LayersOptions) {
    const { atoms } = options
    const provable = atoms.provable.map((one) => ({ ...one, proof: { kind: 'all', of: [] } }))
    const { list, ids, rowWords } = atoms
    const tick = () => {}
    super(options, levelsOf({ ...options, atoms: { list, ids, rowWords, provable, tick } } as never))
  }
}

/** Forgets the steps before: what a participant does after a high step may be low again. */
export class ForgetsTheWay extends Layers {
  constructor(options: LayersOptions) {
    const { top, lower, upper } = levelsOf(options)
    const alone = new Map<GuardedEdge, number>()
    for (const { edges } of options.machines) {
      for (const list of edges) {
        const into = Math.max(
          0,
          ...edges
            .flat()
            .filter(({ target }) => target === edges.indexOf(list))
            .map((e) => upper.get(e)!),
        )
        for (const edge of list) alone.set(edge, upper.get(edge)! > into ? upper.get(edge)! : options.views.get(edge)!)
      }
    }
    super(options, { top, lower, upper: alone })
  }
}

/** Takes states for one that take the same steps next, wherever these lead. */
export class LooksOneStepAhead extends Layers {
  override stands(level: number): readonly Int32Array[] {
    return this.machines(level).map(({ edges }) => {
      const looks = edges.map((list) =>
        list
          .map(({ atoms, says, outputs, threw }) => `${atoms.join()}|${says.join()}|${outputs.join()}|${threw}`)
          .sort()
          .join(';'),
      )
      return Int32Array.from(looks, (look) => looks.indexOf(look))
    })
  }
}
