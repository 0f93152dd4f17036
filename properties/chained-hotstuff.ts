import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { ChainedHotstuff } from '../src/protocols/chained-hotstuff.ts'
import { oneChain } from './claims.ts'

/** r0, who lies, leads every view: whatever leaders do, it can do. */
const underOne = (views: number, n = 4): Configuration => ({
  n,
  f: 1,
  byzantine: [0],
  bounds: { views, tenure: views },
})
const inTurn = (views: number, b = 1): Configuration => ({ n: 4, f: 1, b, bounds: { views } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `chained-hotstuff/${name}` : 'chained-hotstuff',
  ...{ configuration, claim: 'agreement', verdict, confidence: 'firm' },
})

export const chainedHotstuffProperties = properties<ChainedHotstuff>({
  claims: [
    oneChain((output) => ('committed' in output ? output.committed.split('.') : undefined)),
    sometimes({ name: 'decided', about: 'Some correct replica commits a block.' }, ({ outputs }) => outputs.length > 0),
  ],
  settings: [
    { name: 'liar-leads', about: 'One Byzantine replica leads all of five views.', configuration: underOne(5) },
    {
      name: 'gap-blind-commit',
      about: 'Nobody lies, and views pass in which nothing is certified.',
      configuration: inTurn(6, 0),
    },
  ],
  expected: [
    row('', inTurn(4), 'holds'),
    row('', underOne(5), 'holds'),
    row('two-chain', inTurn(4), 'holds'),
    row('two-chain', underOne(5), 'holds'),
    row('no-lock', underOne(8)),
    row('three-chain-non-consecutive', underOne(8)),
    row('three-chain-first-link-only', underOne(8)),
    row('three-chain-last-link-only', underOne(8)),
    row('quorum-2f', underOne(8)),
    row('double-vote', underOne(8)),
    row('no-lock-two-chain', underOne(6)),
    row('two-chain-late-lock', underOne(6)),
    row('two-chain-non-consecutive', underOne(6)),
    row('one-chain', underOne(6)),
    row('early-lock-three-chain-non-consecutive', underOne(8)),
    row('early-lock', underOne(5), 'holds'),
    row('early-lock-three-chain-one-link', underOne(5), 'holds'),
  ],
})
