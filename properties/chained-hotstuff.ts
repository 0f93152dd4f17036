import { type Configuration, type Expectation, properties, range, type Setting, sometimes } from '../src/model/index.ts'
import type { ChainedHotstuff } from '../src/protocols/chained-hotstuff.ts'
import { growsAfterHealing, oneChain } from './claims.ts'

const committed = (output: ChainedHotstuff['output'] | { note: never }) =>
  'committed' in output ? output.committed : undefined

/** How many views on end have correct leaders, at most. */
function correctOnEnd({ n, byzantine, bounds }: Setting): number {
  if (byzantine.length === 0) return Number.POSITIVE_INFINITY
  let [most, now] = [0, 0]
  for (const turn of range(2 * n)) {
    now = byzantine.includes(turn % n) ? 0 : now + 1
    most = Math.max(most, now)
  }
  return most * bounds['tenure']!
}

/**
 * A chain of three takes four correct leaders on end, as the votes for a block go to the next one: Giridharan, Suri-Payer,
 * Ding, Howard, Abraham and Crooks, "BeeGees: Stayin' Alive in Chained BFT", PODC 2023, section 1. No timer runs where one replica leads all views.
 */
const fourOnEnd = {
  promised: 'b ≤ f, leaders change, and four views on end have correct ones',
  promise: (setting: Setting) =>
    setting.byzantine.length <= setting.f &&
    setting.bounds['tenure']! < setting.bounds['views']! &&
    correctOnEnd(setting) >= 4,
}

/** r0, who is Byzantine, leads every view: whatever leaders do, it can do. */
const underOne = (views: number, n = 4): Configuration => ({
  n,
  f: 1,
  byzantine: [0],
  bounds: { views, tenure: views },
})
const inTurn = (views: number): Configuration => ({ n: 4, f: 1, b: 1, bounds: { views } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `chained-hotstuff/${name}` : 'chained-hotstuff',
  ...{ configuration, claim: 'agreement', verdict, confidence: 'firm' },
})

const derived = (...one: Parameters<typeof row>): Expectation => ({ ...row(...one), confidence: 'derived' })

const live = (...one: Parameters<typeof row>): Expectation => ({ ...derived(...one), claim: 'liveness' })

export const chainedHotstuffProperties = properties<ChainedHotstuff>({
  claims: [
    oneChain(committed),
    // Whoever is in the view after the last one may still propose in it.
    growsAfterHealing(committed, ({ bounds }) => bounds['views']! + 1, fourOnEnd),
    sometimes(
      { name: 'decided', about: 'Some correct replica commits a block.', decidedBy: 1 },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  settings: [
    {
      name: 'three-on-end',
      about:
        'Four replicas lead in turn, and one of them is silent: no more than three views on end have correct leaders.',
      configuration: inTurn(4),
    },
    { name: 'byzantine-leads', about: 'One Byzantine replica leads all of five views.', configuration: underOne(5) },
  ],
  variants: {
    'two-chain-timer-once': 'The chain of two, with a timer that does not run again after a view that it has ended.',
    'no-lock': 'Votes whatever it is locked on.',
    'three-chain-non-consecutive': 'Commits the first of three certified blocks, whatever views are between them.',
    'three-chain-first-link-only': 'Only the first two of the three blocks have to be of neighbouring views.',
    'three-chain-last-link-only': 'Only the last two of the three blocks have to be of neighbouring views.',
    'quorum-2f': 'A certificate takes 2f votes.',
    'double-vote': 'Votes more than once in a view.',
    'two-chain':
      'Two blocks of neighbouring views commit the first one, and the newest certificate locks: the core of Jolteon.',
    'no-lock-two-chain': 'The chain of two, voting whatever it is locked on.',
    'two-chain-late-lock': "Two blocks commit, with HotStuff's lock on the parent of a certified block.",
    'two-chain-non-consecutive': 'The chain of two, whatever views are between the blocks.',
    'one-chain': 'Commits a block on its certificate.',
    'early-lock-three-chain-non-consecutive':
      'Locks the newest certificate; three blocks commit, whatever views are between them.',
    diembft: 'The rules of DiemBFT: a block is voted for if its parent is not older than the lock.',
    'diembft-quorum-2f': 'DiemBFT with certificates of 2f votes.',
    'diembft-double-vote': 'DiemBFT without a look at the last round that was voted in.',
    'diembft-no-preferred-round': 'DiemBFT without a look at the preferred round.',
    'any-justify': 'A leader extends any certified block that it is told of.',
    'early-lock': 'Locks the newest certificate, and commits with a chain of three.',
    'early-lock-three-chain-one-link':
      'Locks the newest certificate; only the last two of the three blocks have to be of neighbouring views.',
  },
  expected: [
    row('', inTurn(4), 'holds'),
    row('', underOne(5), 'holds'),
    row('two-chain', inTurn(4), 'holds'),
    row('two-chain', underOne(5), 'holds'),
    row('quorum-2f', underOne(5)),
    row('no-lock-two-chain', underOne(5)),
    row('two-chain-late-lock', underOne(5)),
    row('two-chain-non-consecutive', underOne(5)),
    row('one-chain', underOne(3)),
    row('no-lock', underOne(7)),
    row('three-chain-first-link-only', underOne(7)),
    row('three-chain-last-link-only', underOne(7)),
    row('early-lock-three-chain-non-consecutive', underOne(7)),
    // With it the first or the last link alone is too little: both of their violations are violations of this one.
    row('three-chain-non-consecutive', underOne(7)),
    derived('double-vote', underOne(5)),
    row('diembft', inTurn(4), 'holds'),
    row('diembft', underOne(5), 'holds'),
    derived('diembft-quorum-2f', underOne(5)),
    derived('diembft-double-vote', underOne(5)),
    derived('diembft-no-preferred-round', underOne(7)),
    row('any-justify', inTurn(4), 'holds'),
    row('early-lock', underOne(4), 'holds'),
    row('early-lock-three-chain-one-link', underOne(4), 'holds'),
    { ...live('', inTurn(4)), defect: 'chained-hotstuff/three-on-end' },
    live('', { n: 4, f: 1, byzantine: [0], bounds: { views: 4, tenure: 2 } }, 'holds'),
    live('two-chain', inTurn(3), 'holds'),
    live('two-chain-timer-once', inTurn(3)),
    row('two-chain-timer-once', inTurn(4), 'holds'),
  ],
})
