import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { TwoStep } from '../src/protocols/two-step.ts'
import { agreement, decided, integrity } from './claims.ts'

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

export const twoStepProperties = properties<TwoStep>({
  claims: [agreement(chosen), integrity(chosen), decided(chosen)],
  variants: {
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
  ],
})
