import { type Configuration, type Expectation, properties, type Setting, sometimes } from '../src/model/index.ts'
import type { Streamlet } from '../src/protocols/streamlet.ts'
import { growsAfterHealing, oneChain } from './claims.ts'

const finalised = (output: Streamlet['output'] | { note: never }) =>
  'finalised' in output ? output.finalised : undefined

/** No timer runs where one replica leads all epochs. */
const byTurns = {
  promised: 'b ≤ f, and leaders change',
  promise: ({ byzantine, f, bounds }: Setting) => byzantine.length <= f && bounds['tenure']! < bounds['epochs']!,
}

/** r0, who is Byzantine, leads every epoch: whatever leaders do, it can do. */
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

const live = (...one: Parameters<typeof row>): Expectation => ({
  ...row(...one),
  claim: 'liveness',
  confidence: 'derived',
})

export const streamletProperties = properties<Streamlet>({
  claims: [
    oneChain(finalised),
    // Whoever is in the epoch after the last one may still propose in it.
    growsAfterHealing(finalised, ({ bounds }) => bounds['epochs']! + 1, byTurns),
    sometimes(
      { name: 'decided', about: 'Some correct replica finalises a block.', decidedBy: 1 },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  settings: [
    { name: 'byzantine-leads', about: 'One Byzantine replica leads all of four epochs.', configuration: underOne(4) },
  ],
  variants: {
    'non-consecutive': 'Finalises the second of three adjacent blocks of any epochs.',
    'two-consecutive': 'Finalises the first of two blocks of neighbouring epochs.',
    'finalise-tip': 'Finalises the third of three blocks.',
    'two-consecutive-tip': 'Finalises the second of two blocks of neighbouring epochs.',
    'no-vote-rule': 'Votes for a block on any notarised parent.',
    'unchained-finalise': 'Does not ask whether the three blocks are adjacent.',
    'vote-repeat': 'Votes more than once in an epoch.',
    'no-relay': 'Does not echo what it has seen.',
    'compare-epochs': 'Compares the epochs of two tips, and not the lengths of their chains.',
  },
  expected: [
    row('', inTurn(3), 'holds'),
    row('', underOne(4), 'holds'),
    row('two-consecutive-tip', underOne(4)),
    row('unchained-finalise', underOne(4)),
    row('non-consecutive', underOne(5)),
    row('two-consecutive', underOne(5)),
    row('vote-repeat', underOne(5)),
    row('no-vote-rule', underOne(6)),
    row('finalise-tip', underOne(6)),
    row('compare-epochs', underOne(4), 'holds'),
    live('', inTurn(3), 'holds'),
    live('no-relay', inTurn(3)),
    row('no-relay', inTurn(3), 'holds'),
  ],
})
