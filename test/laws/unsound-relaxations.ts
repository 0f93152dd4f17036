/** Relaxation with something overlooked: the laws have to notice each. */
import { Relaxation } from '../../src/tables/passes/relaxation.ts'

/** Supposes that what is said in a relaxed run reaches nobody. */
export class SaysNothing extends Relaxation {
  constructor(...[space, conflicts]: ConstructorParameters<typeof Relaxation>) {
    const { machines, layout, judge, atoms } = space
    const machinesIn: typeof space.machinesIn = (state) => space.machinesIn(state)
    super({ machines, machinesIn, layout, judge, atoms, say: () => {}, proves: () => {} } as never, conflicts)
  }
}

/** Asks of each output by itself whether it breaks something. */
export class AsksOfOne extends Relaxation {
  constructor(...[space, conflicts]: ConstructorParameters<typeof Relaxation>) {
    const { byThrowing, byAnything, unknown } = conflicts
    const one: Partial<typeof conflicts> = {
      isHeeded: (p) => conflicts.isHeeded(p),
      ofOne: (p, output) => conflicts.ofOne(p, output),
      ofTwo: () => 0,
      assertDeclared: () => {},
    }
    super(space, { byThrowing, byAnything, unknown, ...one } as never)
  }
}

/** Overlooks what was put out before. */
export class ForgetsThePast extends Relaxation {
  constructor(...[space, conflicts]: ConstructorParameters<typeof Relaxation>) {
    const nothing = { putsOf: () => ({ outputs: [], notes: [], threw: null }) }
    const { machines, layout, atoms } = space
    const say: typeof space.say = (...args) => space.say(...args)
    const proves: typeof space.proves = (...args) => space.proves(...args)
    const machinesIn: typeof space.machinesIn = (state) => space.machinesIn(state)
    super({ machines, machinesIn, layout, judge: nothing, atoms, say, proves } as never, conflicts)
  }
}

/** Takes each step for two: a violation that seems farther away than it is comes too late. */
export class CountsStepsTwice extends Relaxation {
  override stepsTo(state: Int32Array, wanted: number): number {
    return 2 * super.stepsTo(state, wanted)
  }
}
