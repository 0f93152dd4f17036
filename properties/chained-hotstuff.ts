import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { ChainedHotstuff } from '../src/protocols/chained-hotstuff.ts'
import { oneChain } from './claims.ts'

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

export const chainedHotstuffProperties = properties<ChainedHotstuff>({
  claims: [
    oneChain((output) => ('committed' in output ? output.committed : undefined)),
    sometimes(
      { name: 'decided', about: 'Some correct replica commits a block.', decidedBy: 1 },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  settings: [
    { name: 'byzantine-leads', about: 'One Byzantine replica leads all of five views.', configuration: underOne(5) },
  ],
  variants: {
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
  ],
})
