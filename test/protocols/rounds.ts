import { exhaustively, type Verdict } from '../../properties/laws/exhaustive.ts'
import { universe } from '../../src/adversary/index.ts'
import { type Claim, type Configuration, type Id, type Program, type Protocol, program } from '../../src/model/index.ts'
import { apply, configure, type ProvedMessage, type Round, type System, start, turnIn } from '../../src/system/index.ts'

/** States that one search may look at: all of the settings here need fewer. */
const MOST_STATES = 20_000

/** The setting with these Byzantine replicas. */
export function among(protocol: Protocol, configuration: Configuration): Program {
  return program(protocol, configure(protocol, configuration)[0]!)
}

/**
 * Breadth first through all schedules and all Byzantine messages, one setting for each choice of Byzantine replicas.
 */
export function verdicts(protocol: Protocol, configuration: Configuration, claims: readonly Claim<any>[]): Verdict[] {
  return configure(protocol, configuration).map((setting) => {
    const run = { ...program(protocol, setting), copies: true }
    return exhaustively(run, claims, universe(run).messages, MOST_STATES)
  })
}

/** What the coalition says to a replica in a round; nothing where it is silent. */
export type Lies = (at: Id, round: number) => readonly ProvedMessage[]

/** All rounds after the given inputs, and with these Byzantine messages. */
export function played(run: Program, inputs: Readonly<Record<Id, string>>, byzantineMessages: Lies = () => []): System {
  let system = start(run)
  for (const [at, input] of Object.entries(inputs)) system = apply(run, system, { at: Number(at), input })
  for (let turn = turnIn(run, system); turn; turn = turnIn(run, system)) {
    const words = byzantineMessages(turn.at, turn.round)
    const step: Round = { ...turn, ...(words.length > 0 ? { with: words } : {}) }
    system = apply(run, system, step, words)
  }
  return system
}
