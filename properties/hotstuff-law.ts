/** What convicts a replica of basic HotStuff: its votes are signed, and certificates show whose they are. */
import type { AnyMessage, Held, Law } from '../src/model/index.ts'
import type { Hotstuff } from '../src/protocols/hotstuff.ts'

type Message = Hotstuff['message']

/**
 * Has a block on the way to this one a quorum of votes of a view after the first one, as far as anybody correct can show?
 * It may be of the same view as this one: a leader that asks for votes twice in a view has two certificates of it.
 */
function hadQuorum(block: string, first: number, last: number, { held, setting: { n, f } }: Held): boolean {
  const votes = new Map<string, Set<number>>()
  for (const { from, message } of held as readonly { from: number; message: Message }[]) {
    if (message.type !== 'VOTE' || message.phase !== 'prepare' || message.block === '') continue
    if (message.view <= first || message.view > last || !block.startsWith(message.block)) continue
    if (message.view === last && message.block === block) continue
    const key = `${message.view} ${message.block}`
    votes.set(key, (votes.get(key) ?? new Set()).add(from))
  }
  return [...votes.values()].some(({ size }) => size >= Math.ceil((n + f + 1) / 2))
}

/**
 * Whoever votes to commit is locked on the block, and votes in a later view for one that does not extend it only if that
 * one stands on a certificate of a later view than its lock.
 */
function forgets(one: AnyMessage, other: AnyMessage, evidence: Held): boolean {
  const [earlier, later] = [one as Message, other as Message]
  if (earlier.type !== 'VOTE' || earlier.phase !== 'commit') return false
  if (later.type !== 'VOTE' || later.phase !== 'prepare' || later.view <= earlier.view) return false
  return !later.block.startsWith(earlier.block) && !hadQuorum(later.block, earlier.view, later.view, evidence)
}

export const hotstuffLaw: Law = {
  once: ['NEW_VIEW', 'PREPARE', 'PRE_COMMIT', 'COMMIT', 'DECIDE', 'VOTE'],
  forgets,
  except: [
    'no-safe-node',
    'never-lock',
    'decide-on-precommit',
    'two-phase',
    'mixed-view-qc',
    'ge-safe-node',
    'unverified-high-qc',
  ],
}
