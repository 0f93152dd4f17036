import {
  type AnyMessage,
  type Configuration,
  type Id,
  type Program,
  type Protocol,
  program,
} from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import {
  apply,
  brokenAfterHealing,
  brokenBy,
  configure,
  enabled,
  type Step,
  type System,
  start,
} from '../../src/system/index.ts'

/** A protocol in the first setting that a configuration stands for. */
export function runOf(protocol: Protocol, configuration: Configuration): Program {
  return program(protocol, configure(protocol, configuration)[0]!)
}

/** Steps taken one after the other; each must be possible and change something. */
export function play(run: Program, steps: readonly Step[], from: System = start(run)): System {
  return steps.reduce((system, step) => apply(run, system, step), from)
}

/** One message from one sender arrives at some receivers. */
export function arrive(message: AnyMessage, from: Id, ...to: Id[]): Step[] {
  return to.map((at) => ({ at, on: { from, message } }))
}

/** Takes the first possible step that is wanted, until there is none. */
export function settle(run: Program, from: System = start(run), wanted: (step: Step) => boolean = () => true): System {
  let system = from
  for (;;) {
    const next = enabled(run, system).find((step) => !('timeout' in step) && !('lose' in step) && wanted(step))
    if (!next) return system
    system = apply(run, system, next)
  }
}

function claimsOf(run: Program) {
  const { name } = run.protocol.definition
  return registry.find(({ protocol }) => protocol.definition.name === name)!.properties.claims
}

/** Names of the safety claims that a schedule breaks, in the order in which they are broken. */
export function broken(run: Program, steps: readonly Step[]): string[] {
  let system = start(run)
  const found: string[] = []
  for (const step of steps) {
    const after = apply(run, system, step)
    for (const { claim } of brokenBy(run, claimsOf(run), after, system)) if (!found.includes(claim)) found.push(claim)
    system = after
  }
  return found
}

/** What the healed run from a state breaks: the witness of the liveness claim, or nothing. */
export function stuck(run: Program, system: System): string | undefined {
  return brokenAfterHealing(run, claimsOf(run), system, [])[0]?.witness
}
