import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { SrikanthToueg } from '../src/protocols/srikanth-toueg.ts'
import { acceptance } from './acceptance.ts'

const at4: Configuration = { n: 4, f: 1, b: 1 }
const over: Configuration = { n: 4, f: 1, b: 2 }
const at3: Configuration = { n: 3, f: 1, b: 1 }

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
  confidence: Expectation['confidence'] = 'firm',
): Expectation => ({
  subject: name ? `srikanth-toueg/${name}` : 'srikanth-toueg',
  ...{ configuration, claim, verdict, confidence },
})

export const srikanthTouegProperties = properties<SrikanthToueg>({
  claims: acceptance,
  variants: {
    'accept-all': 'Accepts after ECHOs of all n.',
    'no-relay': 'Nobody sends ECHO because others have.',
  },
  settings: [
    {
      name: 'over-bound',
      about: 'Two Byzantine replicas among four.',
      configuration: over,
    },
    {
      name: 'n-3t',
      about: 'One Byzantine replica among three.',
      configuration: at3,
    },
  ],
  expected: [
    row('', 'unforgeability', at4, 'holds'),
    row('', 'totality', at4, 'holds'),
    row('', 'liveness', at4, 'holds'),
    { ...row('', 'unforgeability', over), defect: 'srikanth-toueg/over-bound' },
    { ...row('', 'unforgeability', at3, 'violated', 'derived'), defect: 'srikanth-toueg/n-3t' },
    row('no-relay', 'totality', at4),
    row('accept-all', 'liveness', at4),
  ],
})
