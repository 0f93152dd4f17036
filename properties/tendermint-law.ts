/** What convicts a replica of Tendermint: its votes are signed, and say in which round they were given. */
import type { AnyMessage, Held, Law } from '../src/model/index.ts'
import type { Tendermint } from '../src/protocols/tendermint.ts'

type Message = Tendermint['message']

/** Did a quorum prevote the value in a round from `first` to `last`, as far as anybody correct can show? */
function hadQuorum(value: string, first: number, last: number, { held, setting: { n, f } }: Held): boolean {
  const rounds = new Map<number, Set<number>>()
  for (const { from, message } of held as readonly { from: number; message: Message }[]) {
    if (message.type !== 'PREVOTE' || message.value !== value) continue
    if (message.round < first || message.round > last) continue
    rounds.set(message.round, (rounds.get(message.round) ?? new Set()).add(from))
  }
  return [...rounds.values()].some(({ size }) => size >= Math.ceil((n + f + 1) / 2))
}

/**
 * Whoever precommits a value locks it in that round, and prevotes another one only for a quorum of that round or a later
 * one, which is over. That a PRECOMMIT of another value follows convicts nobody: a quorum of its own round justifies it.
 */
function forgets(one: AnyMessage, other: AnyMessage, evidence: Held): boolean {
  const [earlier, later] = [one as Message, other as Message]
  if (earlier.type !== 'PRECOMMIT' || later.type !== 'PREVOTE' || later.round <= earlier.round) return false
  if (earlier.value === null || later.value === null || later.value === earlier.value) return false
  return !hadQuorum(later.value, earlier.round, later.round - 1, evidence)
}

/** A proposal that names a round is right about it: before its own, and with a quorum for its value. */
function unjustified(one: AnyMessage, evidence: Held): boolean {
  const message = one as Message
  if (message.type !== 'PROPOSAL' || message.validRound === -1) return false
  const { value, validRound, round } = message
  return validRound >= round || !hadQuorum(value, validRound, validRound, evidence)
}

export const tendermintLaw: Law = {
  once: ['PROPOSAL', 'PREVOTE', 'PRECOMMIT'],
  forgets,
  unjustified,
  except: [
    ...['forget-lock', 'no-lock', 'pol-unchecked', 'pol-any-round', 'pol-ignore-lock-round', 'pol-future-round'],
    ...['unlock-on-nil', 'unlock-on-weak-nil', 'unlock-on-nil-insisting', 'quorum-2f-plus-1'],
  ],
}
