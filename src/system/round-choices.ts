import { canonical, grouped, type Program, remembered, type SentMessage, textOf, UsageError } from '../model/index.ts'
import { TooManyChoices } from './prove.ts'
import { beforeRound, correctWords, type RoundTurn, reactionTo, turnIn } from './round.ts'
import { sayableAfter } from './sayable.ts'
import type { ProvedMessage, Round } from './step.ts'
import type { System } from './system.ts'

/**
 * Ways to send Byzantine messages to one replica in one round that are gone through; more take too long to be of use.
 */
const MOST_WAYS = 1_000_000

const memory = new WeakMap<readonly ProvedMessage[], WeakMap<System['soup'], readonly ProvedMessage[]>>()

/** The messages that the coalition can send into a round, with witnesses of their proofs. */
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

/** Every way to do the next round, one for each different result: for each member and type a message, or none. */
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
      `there are ${ways} ways to send Byzantine messages to one replica in one round`,
      'choose a smaller n',
    )
  }
  return different(program, system, turn, lists)
}

/** For each way that makes a difference, which message of each list is sent: its place, or nothing. */
type Ways = readonly (readonly (number | undefined)[])[]

const ways = new WeakMap<Program, Map<string, Ways>>()

/**
 * What a replica makes of a round depends on its own state and on what it receives, and on nothing else in the system.
 * So it is asked once for all systems in which these are the same. What stands behind the coalition's messages differs
 * between them, and is no part of the question: these are only counted off.
 */
function different(
  program: Program,
  system: System,
  turn: RoundTurn,
  lists: readonly (readonly ProvedMessage[])[],
): Round[] {
  const known = remembered(ways, program, () => new Map<string, Ways>())
  const told = [correctWords(program, system, turn), ...lists].map((words) => words.map(textOfWord))
  const key = canonical([turn.at, textOf(system.locals[turn.at]!), told])
  return remembered(known, key, () => waysIn(program, system, turn, lists)).map((way) => {
    const words = way.flatMap((place, i) => (place === undefined ? [] : [lists[i]![place]!]))
    return { ...turn, ...(words.length > 0 ? { with: words } : {}) }
  })
}

const textOfWord = ({ from, message }: SentMessage): string => `${from} ${textOf(message)}`

function waysIn(program: Program, system: System, turn: RoundTurn, lists: readonly (readonly ProvedMessage[])[]): Ways {
  const results = new Set<string>()
  const found: (readonly (number | undefined)[])[] = []
  const choose = (way: readonly (number | undefined)[], words: readonly ProvedMessage[]): void => {
    const list = lists[way.length]
    if (list) {
      choose([...way, undefined], words)
      for (const [place, word] of list.entries()) choose([...way, place], [...words, word])
      return
    }
    const { local, effects } = reactionTo(program, system, turn, words)
    const result = canonical([local, effects.sent, effects.outputs, effects.notes])
    if (results.has(result)) return
    results.add(result)
    found.push(way)
  }
  choose([], [])
  return found
}
