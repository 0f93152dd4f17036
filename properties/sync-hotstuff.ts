import { type Configuration, type Expectation, invariant, nameOf, properties, sometimes } from '../src/model/index.ts'
import type { SyncHotstuff } from '../src/protocols/sync-hotstuff.ts'
import { oneChain } from './claims.ts'

type Output = SyncHotstuff['output'] | { note: SyncHotstuff['note'] }

const agreement = oneChain<Output>((output) => ('committed' in output ? output.committed : undefined))

/** Messages arrive in time from the first round on. */
const honestLeaderDecides = invariant<Output>(
  {
    name: 'honest-leader-decides',
    about: 'Nobody correct comes to the end of a view of a correct leader without having committed its block.',
    reads: ['notes'],
    notes: ['abandoned'],
    decidedBy: 1,
  },
  ({ outputs, correct, setting: { n } }) => {
    for (const { at, output } of outputs) {
      if (!('note' in output)) continue
      const { abandoned } = output.note
      const leader = (abandoned - 1) % n
      if (correct.includes(leader))
        return `${nameOf(at, n)} has committed nothing in view ${abandoned} of ${nameOf(leader, n)}`
    }
    return undefined
  },
)

const at = (views: number, b = 1): Configuration => ({ n: 3, f: 1, b, bounds: { views } })
/** r0 leads the first view. */
const underOne = (views: number): Configuration => ({ n: 3, f: 1, byzantine: [0], bounds: { views } })

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `sync-hotstuff/${name}` : 'sync-hotstuff',
  ...{ configuration, claim, verdict, confidence: 'derived' },
})

export const syncHotstuffProperties = properties<SyncHotstuff>({
  claims: [
    agreement,
    honestLeaderDecides,
    sometimes<Output>(
      { name: 'decided', about: 'Some correct replica commits a block.', decidedBy: 1 },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  variants: {
    'lock-at-entry': 'Locks what it has seen certified when it enters a view, and nothing in the middle of it.',
    'short-timer': 'Locks at entry, and commits after Δ.',
    'n-2f': 'Locks at entry, and has quorums of n − f: of two for n = 4, f = 2.',
    'no-forward': 'Locks at entry, and does not pass a proposal on with its vote.',
    'no-status-wait': 'Locks at entry, and a new leader proposes at once.',
    'timer-survives-quit': 'Locks at entry, and commits what it has voted for although it has left the view.',
  },
  expected: [
    // The Byzantine replicas lead both views.
    row('n-2f', 'agreement', { n: 4, f: 2, byzantine: [0, 1], bounds: { views: 2 } }),
    { ...row('', 'agreement', underOne(3)), defect: 'sync-hotstuff/published' },
    { ...row('', 'honest-leader-decides', underOne(2)), defect: 'sync-hotstuff/published' },
    row('lock-at-entry', 'agreement', at(2), 'holds'),
    row('lock-at-entry', 'honest-leader-decides', at(2), 'holds'),
    row('lock-at-entry', 'agreement', underOne(3), 'holds'),
    row('short-timer', 'agreement', underOne(2)),
    row('no-forward', 'agreement', underOne(1)),
    row('no-status-wait', 'honest-leader-decides', underOne(2)),
    row('timer-survives-quit', 'agreement', underOne(1)),
  ],
  settings: [
    { name: 'published', about: 'r0 is Byzantine, and leads the first of three views.', configuration: underOne(3) },
  ],
})
