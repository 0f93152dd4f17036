/** The law of the simulator: whatever it does, it takes a legal schedule of the protocol. */
import fc from 'fast-check'
import type { Behaviour } from '../../src/adversary/index.ts'
import { canonical, program as inSetting, type Program } from '../../src/model/index.ts'
import type { Conditions, Faults } from '../../src/simulate/index.ts'
import { loses } from '../../src/simulate/network/links.ts'
import { Simulation } from '../../src/simulate/run/simulation.ts'
import { apply, type Step, start } from '../../src/system/index.ts'

const milliseconds = (most: number) => fc.integer({ min: 0, max: most })

const latency: fc.Arbitrary<Conditions['latency']> = fc.oneof(
  fc
    .tuple(milliseconds(20), milliseconds(20))
    .map(([min, more]) => ({ kind: 'uniform' as const, min, max: min + more })),
  fc.record({ kind: fc.constant('log-normal' as const), median: fc.constant(5), sigma: fc.constantFrom(0.5, 2) }),
)

/** Networks and machines of every kind, in which a run is over within some virtual seconds. */
export const circumstances: fc.Arbitrary<Conditions> = fc.record({
  latency,
  reorder: fc.record({ probability: fc.constantFrom(0, 0.3), extra: fc.constant(30) }),
  loss: fc.constantFrom(0, 0, 0.2),
  partitions: fc
    .constantFrom<Conditions['partitions'][]>(
      [],
      [
        {
          from: 5,
          until: 60,
          sides: [
            [0, 1],
            [2, 3],
          ],
          messages: 'held',
        },
      ],
      [{ from: 0, until: 40, sides: [[0], [1]], messages: 'lost' }],
    )
    .map((list) => list as Conditions['partitions']),
  stabilises: fc.constantFrom(undefined, { at: 50, before: { kind: 'uniform' as const, min: 0, max: 200 } }),
  processing: fc.constantFrom(0, 0, 2),
  blocking: fc.boolean(),
  timeout: fc.constantFrom(15, 60, 1_000),
})

/** What a run is besides its program. */
export interface Drawn {
  readonly conditions: Conditions
  readonly seed: number
  readonly plan: number
  readonly stops: number
}

export const drawn: fc.Arbitrary<Drawn> = fc.record({
  conditions: circumstances,
  seed: fc.nat({ max: 1_000_000 }),
  plan: fc.nat({ max: 1_000 }),
  stops: fc.nat({ max: 60 }),
})

/**
 * Law: every step that a simulation takes is a step of `apply` under eager steps, and leads to the same local states,
 * outputs and notes of every participant.
 * @returns the steps, so that a test can ask whether there were any
 */
export function isLegal(program: Program, behaviour: Behaviour, { conditions, seed, stops }: Drawn): readonly Step[] {
  const { setting, protocol } = program
  // What is lost on such a link keeps back what comes after it, unless the network may lose.
  if (setting.network.fifo && !setting.network.lose && loses(conditions)) return []
  const faults: Faults = { behaviour, crashes: setting.crash.map((at) => ({ at, time: stops })) }
  const steps: Step[] = []
  const simulation = new Simulation({
    ...{ program, conditions, seed, faults, load: { kind: 'inputs' } },
    until: { ms: 5_000, events: 3_000, goOn: true },
    observe: (step) => steps.push(step),
  })
  simulation.run()
  const eager = inSetting(protocol, { ...setting, steps: 'eager' })
  let system = start(eager)
  for (const [index, step] of steps.entries()) {
    try {
      system = apply(eager, system, step)
    } catch (error) {
      throw new Error(`step ${index} of ${steps.length}, ${canonical(step)}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
  for (const { at, local, outputs, notes } of simulation.whereabouts) {
    const simulated = canonical({ local, outputs, notes })
    const reference = canonical({ local: system.locals[at], outputs: system.outputs[at], notes: system.notes[at] })
    if (simulated === reference) continue
    throw new Error(`r${at} differs after ${steps.length} steps:\n  simulated ${simulated}\n  reference ${reference}`)
  }
  return steps
}
