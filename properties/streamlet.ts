import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { Streamlet } from '../src/protocols/streamlet.ts'
import { oneChain } from './claims.ts'

/** r0, who lies, leads every epoch: whatever leaders do, it can do. */
const underOne = (epochs: number): Configuration => ({
  n: 4,
  f: 1,
  byzantine: [0],
  bounds: { epochs, tenure: epochs },
})
const inTurn = (epochs: number): Configuration => ({ n: 4, f: 1, b: 1, bounds: { epochs } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `streamlet/${name}` : 'streamlet',
  ...{ configuration, claim: 'agreement', verdict, confidence: 'firm' },
})

export const streamletProperties = properties<Streamlet>({
  claims: [
    oneChain((output) => ('finalised' in output ? output.finalised.split('.') : undefined)),
    sometimes(
      { name: 'decided', about: 'Some correct replica finalises a block.' },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  settings: [
    { name: 'liar-leads', about: 'One Byzantine replica leads all of five epochs.', configuration: underOne(5) },
  ],
  expected: [
    row('', inTurn(4), 'holds'),
    row('', underOne(5), 'holds'),
    row('non-consecutive', underOne(8)),
    row('two-consecutive', underOne(8)),
    row('finalise-tip', underOne(8)),
    row('two-consecutive-tip', underOne(8)),
    row('no-vote-rule', underOne(8)),
    row('unchained-finalise', underOne(8)),
    row('vote-repeat', underOne(8)),
    row('compare-epochs', underOne(5), 'holds'),
  ],
})
