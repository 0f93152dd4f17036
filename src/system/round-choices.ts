import { canonical, grouped, type Program, remembered, UsageError } from '../model/index.ts'
import { TooManyChoices } from './prove.ts'
import { beforeRound, type RoundTurn, reactionTo, turnIn } from './round.ts'
import { sayableAfter } from './sayable.ts'
import type { ProvedMessage, Round } from './step.ts'
import type { System } from './system.ts'

/**
 * Ways to send Byzantine messages to one replica in one round that are gone through; more take too long to be of use.
 */
const MOST_WAYS = 1_000_000

const memory = new WeakMap<readonly ProvedMessage[], WeakMap<System['soup'], readonly ProvedMessage[]>>()

/** The words that the coalition can say into a round, with witnesses of their proofs. */
export function sayableIn(
  program: Program,
  system: System,
  round: number,
  words: readonly ProvedMessage[],
): readonly ProvedMessage[] {
  const before = beforeRound(system, round)
  const known = remembered(memory, words, () => new WeakMap())
  return remembered(known, before.soup, () =>
    sayableAfter(program, before.soup, () => {
      throw new TooManyChoices('proof')
    }).among(words),
  )
}

/** Every way to do the next round, one for each different result: for each member and type a word, or none. */
export function roundSteps(
  program: Program,
  system: System,
  offered: readonly (ProvedMessage & { readonly to: number })[],
): Round[] {
  const turn = turnIn(program, system)
  if (!turn) return []
  const own = (sayableIn(program, system, turn.round, offered) as typeof offered).filter(({ to }) => to === turn.at)
  const words = own.map(({ to: _, ...word }): ProvedMessage => word)
  const lists = [...grouped(words, ({ from, message }) => `${from} ${message.type}`).values()]
  const ways = lists.reduce((product, list) => product * (list.length + 1), 1)
  if (ways > MOST_WAYS) {
    throw new UsageError(
      `there are ${ways} Ways to send Byzantine messages to one replica in one round`,
      'choose a smaller n',
    )
  }
  return different(program, system, turn, lists)
}

function different(
  program: Program,
  system: System,
  turn: RoundTurn,
  lists: readonly (readonly ProvedMessage[])[],
): Round[] {
  const results = new Set<string>()
  const steps: Round[] = []
  const choose = (index: number, words: readonly ProvedMessage[]): void => {
    const list = lists[index]
    if (list) {
      choose(index + 1, words)
      for (const word of list) choose(index + 1, [...words, word])
      return
    }
    const { local, effects } = reactionTo(program, system, turn, words)
    const result = canonical([local, effects.sent, effects.outputs, effects.notes])
    if (results.has(result)) return
    results.add(result)
    steps.push({ ...turn, ...(words.length > 0 ? { with: words } : {}) })
  }
  choose(0, [])
  return steps
}
