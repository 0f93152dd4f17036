import {
  type AnyMessage,
  type Claim,
  type Configuration,
  type Program,
  type Protocol,
  program,
  runningIds,
} from '../../src/model/index.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  configure,
  enabled,
  type Offered,
  type Step,
  start,
  usedAfter,
} from '../../src/system/index.ts'

/** A small linear congruential generator: enough to make raw traces, and the same everywhere. */
export function dice(seed: number): (sides: number) => number {
  let state = (seed * 2654435761 + 12345) >>> 0
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

/** The first setting of a configuration, as a program. */
export function programIn(protocol: Protocol, configuration: Configuration): Program {
  return program(protocol, configure(protocol, configuration)[0]!)
}

/** Every message from every Byzantine participant, to everybody who runs the protocol. */
export function offers({ setting }: Program, messages: readonly AnyMessage[], senders = setting.byzantine): Offered[] {
  return runningIds(setting).flatMap((to) =>
    senders.flatMap((from) => messages.map((message) => ({ to, from, message }))),
  )
}

/** A raw trace: random walks over `enabled`, until one of them breaks the claim. */
export function rawTrace(
  program: Program,
  claim: Claim<any>,
  offered: readonly Offered[],
  { seed = 1, maxSteps = 60, maxRuns = 200, atLeast = 0 } = {},
): Step[] {
  for (let run = 0; run < maxRuns; run++) {
    const roll = dice(seed * 1_000 + run)
    let system = start(program)
    const steps: Step[] = []
    while (steps.length < maxSteps) {
      const possible = enabled(program, system, offered)
      if (possible.length === 0) break
      const step = possible[roll(possible.length)]!
      const after = apply(program, system, step)
      steps.push(step)
      if (steps.length >= atLeast && brokenBy(program, [claim], after, system).length > 0) return steps
      if (brokenBy(program, [claim], after, system).length > 0) break
      system = after
      if (claim.kind !== 'liveness' || steps.length < atLeast) continue
      const used = usedAfter(program, steps)
      if (brokenAfterHealing(program, [claim], system, used).length > 0) return steps
    }
  }
  throw new Error('no walk broke the claim')
}
