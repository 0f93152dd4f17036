import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { BrachaToueg } from '../src/protocols/bracha-toueg.ts'
import { acceptance } from './acceptance.ts'

const at4: Configuration = { n: 4, f: 1, b: 1 }
const over: Configuration = { n: 4, f: 1, b: 2 }

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `bracha-toueg/${name}` : 'bracha-toueg',
  ...{ configuration, claim, verdict, confidence: 'firm' },
})

export const brachaTouegProperties = properties<BrachaToueg>({
  claims: acceptance,
  variants: {
    'accept-all': 'Accepts after READYs of all n.',
    'no-amplification': 'READYs of others make nobody send ECHO or READY.',
  },
  settings: [
    {
      name: 'over-bound',
      about: 'Two Byzantine replicas among four.',
      configuration: over,
    },
  ],
  expected: [
    row('', 'unforgeability', at4, 'holds'),
    row('', 'totality', at4, 'holds'),
    row('', 'liveness', at4, 'holds'),
    { ...row('', 'unforgeability', over), defect: 'bracha-toueg/over-bound' },
    row('no-amplification', 'totality', at4),
    row('accept-all', 'liveness', at4),
  ],
})
