import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { SignedMajority } from '../src/protocols/signed-majority.ts'
import { agreement, decided, decidesAfterHealing, integrity } from './claims.ts'

/** One value, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (byzantine: readonly number[], n = 3): Configuration => ({ n, byzantine: [...byzantine] })

const row = (
  name: string,
  claim: 'agreement' | 'integrity' | 'liveness',
  configuration: Configuration,
  verdict: Expectation['verdict'],
): Expectation => ({
  subject: name ? `signed-majority/${name}` : 'signed-majority',
  ...{ configuration, claim, verdict, confidence: 'firm' },
})

export const signedMajorityProperties = properties<SignedMajority>({
  claims: [
    agreement(chosen),
    integrity(chosen),
    // In the only view there is, nothing replaces the primary.
    decidesAfterHealing(chosen, ({ correct }) => (correct.includes(0) ? [''] : [])),
    decided(chosen),
  ],
  variants: {
    'byzantine-quorum': 'Quorums that share a correct replica: all three of three.',
  },
  settings: [
    {
      name: 'n-2f-plus-1',
      about: 'Three replicas, one of them Byzantine: two majorities share one replica, which may be that one.',
      configuration: at([0]),
    },
  ],
  expected: [
    row('', 'agreement', at([]), 'holds'),
    row('', 'integrity', at([]), 'holds'),
    row('', 'agreement', { n: 3, crash: [1] }, 'holds'),
    row('', 'liveness', { n: 3, crash: [1] }, 'holds'),
    { ...row('', 'agreement', at([0]), 'violated'), defect: 'signed-majority/n-2f-plus-1' },
    // One more correct replica helps as little: of four, majorities of three share two replicas.
    row('', 'agreement', at([0], 4), 'holds'),
    row('byzantine-quorum', 'agreement', at([0]), 'holds'),
    row('byzantine-quorum', 'liveness', at([1]), 'violated'),
  ],
})
