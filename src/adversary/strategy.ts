import type { Twin } from '../kernel/index.ts'
import { type AnyMessage, type Id, type Program, range } from '../model/index.ts'
import type { Universe } from './universe.ts'

/** What a strategy knows before a run: the program, the coalition, the universe. */
export interface Scene {
  readonly program: Program
  /** The coalition: Byzantine replicas and clients. */
  readonly members: readonly Id[]
  /** Everybody else. */
  readonly correct: readonly Id[]
  readonly universe: Universe
}

/** A message that the coalition may send to some receivers; a step of the schedule uses it, or none does. */
export interface Offer {
  readonly from: Id
  readonly to: readonly Id[]
  readonly message: AnyMessage
}

/** What Byzantine replicas send, with everything fixed but the schedule. */
export interface Behaviour {
  readonly strategyTwins?: readonly Twin[]
  readonly opening?: readonly Offer[]
  /** What is offered once a correct participant has sent something. */
  readonly hears?: (from: Id, message: AnyMessage) => readonly Offer[]
}

/**
 * A named way of choosing what Byzantine replicas send. It enumerates its plans, and a run chooses one: no randomness in here, so
 * that every Byzantine message is a recorded step that shrinking can take away.
 *
 * A new strategy is one file in this folder and one line in `strategies`.
 */
export interface Strategy {
  readonly name: string
  readonly about: string
  /** Is it left out of searches that do not name it? So is what found no known bug sooner than the others do. */
  readonly onDemand?: boolean
  /** Does it make sense here? Absent: always. */
  readonly suits?: (scene: Scene) => boolean
  /** How many plans there are, at least 1. */
  readonly plans: (scene: Scene) => number
  readonly behave: (scene: Scene, plan: number) => Behaviour
}

/** The ids under which the coalition can send: those of its members, or any replica's if nothing is authenticated. */
export function identities({ program, members }: Scene): readonly Id[] {
  const { n, auth } = program.setting
  if (auth !== 'none') return members
  return [...new Set([...range(n), ...members])]
}
