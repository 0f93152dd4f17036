import { type Behaviour, type Scene, type Strategy, type Universe, universe } from '../../adversary/index.ts'
import { type Program, range, remembered, UsageError } from '../../model/index.ts'
import { MOST_PARTICIPANTS } from '../../system/index.ts'

/** Closing a universe takes longer than many runs. */
const universes = new WeakMap<Program, Universe>()

/**
 * What a strategy knows before a run. The universe of messages is closed only if the strategy asks for it: with many
 * replicas that cannot be done.
 */
export function simulatedScene(program: Program): Scene {
  const { n, clients, byzantine } = program.setting
  return {
    program,
    members: byzantine,
    // Who may crash runs the protocol's code until it does.
    correct: range(n + clients).filter((id) => !byzantine.includes(id)),
    get universe() {
      if (n + clients > MOST_PARTICIPANTS) {
        throw new UsageError(
          `this strategy needs all messages that ${n + clients} participants could ever send`,
          `choose another strategy, or at most ${MOST_PARTICIPANTS} participants`,
        )
      }
      return remembered(universes, program, () => universe(program))
    },
  }
}

/** One plan of a strategy in a setting; plans count from 0, and go round. */
export function behaviourOf(strategy: Strategy, program: Program, plan: number): Behaviour {
  const scene = simulatedScene(program)
  if (strategy.suits && !strategy.suits(scene)) {
    throw new UsageError(`${strategy.name} makes no sense for ${program.protocol.subject} here`, strategy.about)
  }
  return strategy.behave(scene, plan % Math.max(1, strategy.plans(scene)))
}
