/** The named rules of `tendermint`, and what they read. */
import { type Id, type Match, match, type Setting } from '../model/index.ts'

/** A round before any round. */
export const NONE = -1
/** A value that valid() refuses, wherever it is among the values. */
const INVALID = 'invalid'

/** The vote of a round that came first from a sender. */
interface Stored {
  readonly from: Id
  readonly round: number
  readonly value: string | null
}

export interface State {
  round: number
  step: 'propose' | 'prevote' | 'precommit' | 'decided'
  lockedValue: string | null
  lockedRound: number
  validValue: string | null
  validRound: number
  /** Where of a sender only the first vote of a round counts. */
  stored?: Stored[]
}

export type Vote = { type: 'PREVOTE' | 'PRECOMMIT'; round: number; value: string | null }
export type Message = { type: 'PROPOSAL'; round: number; value: string; validRound: number } | Vote

type MayPrevote = (state: State, value: string, validRound: number) => boolean
type Votes = (round: number, value: string) => Match<Message>

export const rules = ({ n, f }: Setting) => ({
  proposer: (round: number): number => round % n,
  /** Two quorums share f + 1 replicas, hence a correct one. It is 2f + 1 where n = 3f + 1. */
  quorum: Math.ceil((n + f + 1) / 2),
  /** One of f + 1 is correct, and is there already. */
  skipQuorum: f + 1,
  isValid: (value: string): boolean => value !== INVALID,
  /** What a proposer makes of a new value: its name. */
  content: (value: string, _round: number): string => value,
  /** Lines 15 and 16: is a value proposed again that was once valid? */
  proposesAgain: true,
  /** Lines 28 to 33: does a proposal say in which round its value had a quorum, and does that unlock? */
  unlocks: true,
  /** Lines 23 and 29, which are one for a validRound of −1. */
  mayPrevote: (({ lockedRound, lockedValue }, value, validRound) =>
    lockedRound <= validRound || lockedValue === value) as MayPrevote,
  /** Line 28: PREVOTEs that show that the value had a quorum in validRound, and that this was before. */
  polQuorum: Math.ceil((n + f + 1) / 2),
  pol: ((round, value) => match<Message>('PREVOTE', { round, value })) as Votes,
  isBefore: (validRound: number, round: number): boolean => validRound < round,
  /** Lines 38 and 39: is the value locked? */
  locks: true,
  /** No number of PREVOTEs for nil takes a lock away. */
  unlockQuorum: null as number | null,
  /** Line 49: PRECOMMITs that decide. */
  commits: ((round, value) => match<Message>('PRECOMMIT', { round, value })) as Votes,
  /** Votes of which only the first one of each sender in a round counts. */
  storesFirst: null as 'PREVOTE' | 'PRECOMMIT' | null,
})
