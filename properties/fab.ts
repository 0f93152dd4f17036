import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { Fab } from '../src/protocols/fab.ts'
import { agreement, decided } from './claims.ts'

/** One value, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (n: number, views: number): Configuration => ({ n, f: 1, b: 1, bounds: { views } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'],
  confidence: Expectation['confidence'] = 'derived',
): Expectation => ({ subject: name ? `fab/${name}` : 'fab', configuration, claim: 'agreement', verdict, confidence })

export const fabProperties = properties<Fab>({
  claims: [agreement(chosen), decided(chosen)],
  variants: {
    'learn-from-available': 'Learns a value from n − f equal votes.',
  },
  expected: [
    row('', at(6, 2), 'holds', 'firm'),
    { ...row('learn-from-available', at(5, 2), 'violated'), defect: 'fab/n-5f' },
  ],
  settings: [
    { name: 'n-5f', about: 'Five replicas, one of them Byzantine: n > 5f is needed.', configuration: at(5, 2) },
  ],
})
