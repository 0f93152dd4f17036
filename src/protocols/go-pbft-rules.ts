/** The named rules of `go-pbft`: those of the program, and what the layers put in their place. */
import { type Id, type Setting, UsageError } from '../model/index.ts'
import type { Ballot, Proposal } from './go-pbft-books.ts'

export const rules = ({ n, f }: Setting) => {
  if (n < 4) throw new UsageError(`go-pbft with ${n} replicas`, 'give at least four: the program refuses fewer')
  const primary = (view: number): Id => view % n
  return {
    /** Not adapted to n ≠ 3f + 1. */
    quorum: 2 * f + 1,
    primary,
    /** Is a PRE-PREPARE or NEW-VIEW of this view from its primary? The program asks the receiver. */
    fromPrimary: (view: number, _from: Id, self: Id): boolean => self === primary(view),
    /** Does the registry hold a key for this sender? It holds those of the replicas. */
    registered: (id: Id): boolean => id < n,
    /** Votes are counted by sequence number only. */
    ballot: ({ sequence }: Proposal): Ballot => ({ sequence, view: null, payload: null }),
    /** Is it time for COMMIT? The quorum is asked of PREPAREs too: the 2f that the program computes is never used. */
    prepared: (_logged: Proposal | undefined, _voted: Proposal, votes: number): boolean => votes >= 2 * f + 1,
    /** Is a proposal executed whatever was voted for? */
    executes: (_logged: Proposal, _voted: Proposal): boolean => true,
    /** Does a later proposal replace the one that is logged? */
    replaces: (_logged: Proposal, _later: Proposal): boolean => false,
    /** The number that a primary gives to an operation, having given out `given`: it counts its own proposals only. */
    number: (_payload: string, given: number, _log: readonly Proposal[]): number => given + 1,
    /** Does the timer run? It does, whatever the progress. */
    timers: true,
    /** Does a replica leave its view when its timer fires? It does, without a look at who is primary in the next. */
    leavesAlone: true,
    /** Are requests kept until they are executed, and proposed by whoever becomes primary? */
    keepsRequests: false,
    /** Are messages of a later view kept until it is entered? */
    keepsEarly: false,
    /** Is a tally looked at when the own vote is put into it? */
    examinesOwn: false,
    /** Is a commit that was ahead of its turn or its proposal executed when that has come? */
    retries: false,
  }
}
type Rules = ReturnType<typeof rules>

export const withClients = (): Partial<Rules> => ({ registered: () => true })

/** The sender is compared with the primary, and clients have keys. */
export const repaired = (_: Setting, { primary }: Rules): Partial<Rules> => ({
  fromPrimary: (view, from) => from === primary(view),
  registered: () => true,
})

const isSame = (a: Proposal, b: Proposal): boolean => a.view === b.view && a.payload === b.payload

/** Votes for one proposal are counted apart from all others, and only that proposal is executed. */
export const byProposal = (): Partial<Rules> => ({ ballot: (proposal) => ({ ...proposal }), executes: isSame })

/** What is slow, or comes early, does no harm any more. Commits ahead of their turn are lost as before, and holes stay. */
export const patient = ({ f }: Setting): Partial<Rules> => ({
  /** Of two quorums of COMMITs a correct replica is in both, and it has one proposal for the number in its log. */
  prepared: (logged, voted, votes) => votes >= 2 * f && logged !== undefined && isSame(logged, voted),
  examinesOwn: true,
  /** The timer only asks for the next view. The NEW-VIEW handler, which looks who is primary, goes there. */
  leavesAlone: false,
  keepsRequests: true,
  keepsEarly: true,
  /** What a primary has in its log keeps its number; everything else gets the next one. */
  number: (payload, given, log) =>
    log.find((known) => known.payload === payload)?.sequence ??
    1 + Math.max(given, ...log.map((known) => known.sequence)),
  /** The same operation may be proposed again in a later view. */
  replaces: (logged, later) => later.view > logged.view && later.payload === logged.payload,
})

/** Each view starts counting at one, and a number that was given out before is refused. */
export const restarting = (_: Setting, __: Rules): Partial<Rules> => ({
  number: (_payload, given) => given + 1,
  replaces: () => false,
})
