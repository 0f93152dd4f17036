import {
  type Configuration,
  type Expectation,
  invariant,
  nameOf,
  properties,
  type Setting,
} from '../src/model/index.ts'
import type { Raft } from '../src/protocols/raft.ts'
import { agreement, decided, integrity } from './claims.ts'

const applied = (output: object) =>
  'applied' in output && 'index' in output ? { slot: output.index as number, value: output.applied } : undefined

const nobodyIsByzantine = ({ byzantine }: Setting): boolean => byzantine.length === 0
const crashesOnly = { promised: 'b = 0', promise: nobodyIsByzantine } as const

const oneLeader = invariant<object>(
  {
    name: 'one-leader',
    about: 'At most one leader is elected in a term.',
    ...crashesOnly,
    decidedBy: 2,
  },
  ({ outputs, setting }) => {
    for (const [i, { at, output }] of outputs.entries()) {
      if (!('leader' in output)) continue
      const other = outputs.slice(i + 1).find((next) => {
        return next.at !== at && 'leader' in next.output && next.output.leader === output.leader
      })
      if (other) return `${nameOf(at, setting.n)} and ${nameOf(other.at, setting.n)} lead term ${output.leader}`
    }
    return undefined
  },
)

const at = (terms: number, slots = 1, byzantine: number[] = []): Configuration => ({
  ...{ n: 3, byzantine, bounds: { terms, slots } },
})

/** Every server may restart. */
const restarting = (terms: number): Configuration => ({ ...at(terms), restart: [0, 1, 2] })

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'],
): Expectation => ({ subject: name ? `raft/${name}` : 'raft', configuration, claim, verdict, confidence: 'derived' })

export const raftProperties = properties<Raft>({
  // A leader says APPEND again and again in its term, with an entry and without one.
  law: { once: ['REQUEST_VOTE', 'VOTE'], except: ['votes-again'] },
  claims: [
    oneLeader,
    // State machine safety.
    { ...agreement(applied), ...crashesOnly },
    { ...integrity(applied), ...crashesOnly },
    decided(applied),
  ],
  variants: {
    'votes-again': 'Votes for every candidate of a term.',
    'stale-leader': 'Votes for a candidate whatever its log lacks.',
    'gaps-in-log': 'Appends an entry whatever its log has before it.',
    'commits-earlier-terms': 'Commits what a majority has, although it is of an earlier term.',
    'forgets-vote': 'Does not know any more, after a restart, whom it has voted for.',
    'forgets-log': 'Does not know any more, after a restart, what it has appended.',
  },
  settings: [
    {
      name: 'byzantine-leader',
      about: 'One of three servers is Byzantine, and leads: it sends each follower something else.',
      configuration: at(1, 1, [2]),
    },
    {
      name: 'byzantine-voter',
      about: 'One of three servers is Byzantine, and votes for two candidates.',
      configuration: at(1, 1, [2]),
    },
  ],
  expected: [
    row('', 'one-leader', at(2), 'holds'),
    row('', 'agreement', at(2), 'holds'),
    row('', 'agreement', at(2, 2), 'holds'),
    row('', 'agreement', at(4), 'holds'),
    row('', 'integrity', at(2), 'holds'),
    { ...row('', 'one-leader', at(1, 1, [2]), 'violated'), defect: 'raft/byzantine-voter' },
    { ...row('', 'agreement', at(1, 1, [2]), 'violated'), defect: 'raft/byzantine-leader' },
    row('votes-again', 'one-leader', at(1), 'violated'),
    row('stale-leader', 'agreement', at(2), 'violated'),
    row('gaps-in-log', 'agreement', at(2, 2), 'violated'),
    row('commits-earlier-terms', 'agreement', at(4), 'violated'),
    row('', 'one-leader', restarting(2), 'holds'),
    row('', 'agreement', restarting(2), 'holds'),
    row('', 'integrity', restarting(2), 'holds'),
    row('forgets-vote', 'one-leader', restarting(1), 'violated'),
    row('forgets-log', 'agreement', restarting(2), 'violated'),
  ],
})
