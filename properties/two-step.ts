import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { TwoStep } from '../src/protocols/two-step.ts'
import { agreement, decided, decidesAfterHealing, ifAllPropose, integrity } from './claims.ts'

/** One value, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (n: number, f: number, b: number): Configuration => ({ n, f, b, bounds: { views: 2 } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'],
  confidence: Expectation['confidence'] = 'derived',
): Expectation => ({
  subject: name ? `two-step/${name}` : 'two-step',
  ...{ configuration, claim: 'agreement', verdict, confidence },
})

const live = (name: string, views: number, verdict: Expectation['verdict']): Expectation => ({
  ...row(name, { n: 4, f: 1, b: 1, bounds: { views } }, verdict),
  claim: 'liveness',
})

export const twoStepProperties = properties<TwoStep>({
  claims: [agreement(chosen), integrity(chosen), decidesAfterHealing(chosen, ifAllPropose), decided(chosen)],
  variants: {
    'no-forward': 'Does not send on the votes that it has decided by.',
    'no-exclusion': 'The report of a leader that has signed two proposals counts, and n − 3f reports bind.',
  },
  settings: [
    {
      name: 'leader-exclusion',
      about: 'Eight replicas, two of them Byzantine: n ≥ 5f − 1 is needed.',
      configuration: at(8, 2, 2),
    },
  ],
  expected: [
    row('', at(4, 1, 1), 'holds'),
    row('', at(9, 2, 2), 'holds'),
    { ...row('', at(8, 2, 2), 'violated', 'firm'), defect: 'two-step/leader-exclusion' },
    row('no-exclusion', at(5, 1, 1), 'violated', 'firm'),
    row('no-exclusion', at(6, 1, 1), 'holds'),
    live('', 2, 'holds'),
    live('no-forward', 1, 'violated'),
    row('no-forward', at(4, 1, 1), 'holds'),
  ],
})
