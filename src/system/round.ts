import {
  byText,
  canonical,
  deepFreeze,
  type Id,
  type Inbox,
  isLockstep,
  nameOf,
  type Program,
  remembered,
  roundsOf,
  runningIds,
  type SentMessage,
  UsageError,
} from '../model/index.ts'
import { fire } from './fire.ts'
import { Impossible } from './impossible.ts'
import { canSay } from './sent-messages.ts'
import type { Round } from './step.ts'
import { absorb, type System } from './system.ts'

/** Who does what next in a lockstep protocol. */
export interface RoundTurn {
  readonly at: Id
  readonly round: number
}

/**
 * The next replica to do a round, and which; nothing once all rounds are over. All do round k − 1 before one does round
 * k. Within a round they cannot influence each other, so one order stands for all of them: by id. Nobody waits for a
 * replica that an exception has stopped.
 */
export function turnIn(program: Program, system: System): RoundTurn | undefined {
  if (!isLockstep(program.protocol)) return undefined
  program.effort?.spend(program.setting.n)
  const running = runningIds(program.setting).filter((id) => system.locals[id]!.threw === undefined)
  const round = Math.min(...running.map((id) => system.locals[id]!.round ?? 0)) + 1
  if (running.length === 0 || round > roundsOf(program)) return undefined
  return { at: running.find((id) => system.locals[id]!.round === round - 1)!, round }
}

/** Inputs come before the first round: has nobody done it yet? */
export function takesInputs(program: Program, system: System): boolean {
  if (!isLockstep(program.protocol)) return true
  return runningIds(program.setting).every((id) => system.locals[id]!.round === 0)
}

const earlier = new WeakMap<System['soup'], Map<number, System['soup']>>()

/**
 * The state with only those messages that can stand behind what arrives in a round: correct participants sent them
 * before it. The coalition rushes, so that includes what they sent in the very round in which it sends.
 */
export function beforeRound(system: System, round: number): System {
  const known = remembered(earlier, system.soup, () => new Map())
  const soup = remembered(known, round, () => system.soup.filter((envelope) => (envelope.round ?? 0) < round))
  return { ...system, soup }
}

/** What correct replicas sent in the round before, as far as it reaches `at`. */
export function correctWords(program: Program, system: System, { at, round }: RoundTurn): SentMessage[] {
  program.effort?.spend(system.soup.length)
  const hearsItself = program.protocol.definition.selfDelivery !== 'none'
  const words = system.soup.filter(
    ({ from, to, round: said }) =>
      said === round - 1 && (to === at || to === 'all') && (from !== at || (hearsItself && to === 'all')),
  )
  const twice = repeated(words)
  if (twice) {
    throw new UsageError(
      `${nameOf(twice.from, program.setting.n)} sends ${twice.message.type} twice to one replica in round ${round - 1}`,
      'in a round, put all that belongs to one type into one message',
    )
  }
  return words.map(({ from, message }) => ({ from, message }))
}

/** The first message that is the second of its type from its sender. */
function repeated(words: readonly SentMessage[]): SentMessage | undefined {
  const seen = new Set<string>()
  return words.find(({ from, message }) => {
    const key = `${from} ${message.type}`
    return seen.has(key) || !seen.add(key)
  })
}

/** An inbox as a round gets it: by sender, then by type. */
function sortedInbox(words: readonly SentMessage[]): SentMessage[] {
  return words
    .map(({ from, message }) => ({ from, message }))
    .sort((a, b) => a.from - b.from || byText(a.message.type, b.message.type))
}

const cannotWait: Inbox = () => {
  throw new UsageError('a round cannot wait for a quorum', 'count what is in the inbox of the round instead')
}

/** What one replica makes of a round in which it also gets these messages of the coalition. */
export function reactionTo(program: Program, system: System, { at, round }: RoundTurn, words: readonly SentMessage[]) {
  const inbox = deepFreeze(sortedInbox([...correctWords(program, system, { at, round }), ...words]))
  return fire(program, at, system.locals[at]!, { kind: 'round', round, inbox }, cannotWait).reaction
}

/**
 * One replica does one round, on what correct participants sent to it in the round before and on the coalition's
 * messages in `with`, at most one of a type from each member.
 */
export function performed(program: Program, system: System, step: Round): System {
  const { n } = program.setting
  const turn = turnIn(program, system)
  if (!turn) throw new Impossible(isLockstep(program.protocol) ? 'all rounds are over' : 'this protocol has no rounds')
  if (turn.at !== step.at || turn.round !== step.round) {
    throw new Impossible(`next comes round ${turn.round} of ${nameOf(turn.at, n)}: replicas do each round by id`)
  }
  const words = step.with ?? []
  const twice = repeated(words)
  if (twice)
    throw new Impossible(`${nameOf(twice.from, n)} sends two messages of type ${twice.message.type} in a round`)
  const before = beforeRound(system, step.round)
  for (const word of words) {
    if (canSay(program, before, word)) continue
    const who = nameOf(word.from, n)
    throw new Impossible(`${who} cannot send ${canonical(word.message)} in round ${step.round - 1}`)
  }
  return absorb(program, system, step.at, reactionTo(program, system, turn, words))
}
