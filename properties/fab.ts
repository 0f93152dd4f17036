import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { Fab } from '../src/protocols/fab.ts'
import { agreement, decided, decidesAfterHealing, ifAllPropose } from './claims.ts'

/** One value, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (n: number, views: number): Configuration => ({ n, f: 1, b: 1, bounds: { views } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'],
  confidence: Expectation['confidence'] = 'derived',
): Expectation => ({ subject: name ? `fab/${name}` : 'fab', configuration, claim: 'agreement', verdict, confidence })

const live = (...one: Parameters<typeof row>): Expectation => ({ ...row(...one), claim: 'liveness' })

export const fabProperties = properties<Fab>({
  claims: [agreement(chosen), decidesAfterHealing(chosen, ifAllPropose), decided(chosen)],
  variants: {
    'learn-from-available': 'Learns a value from n − f equal votes.',
    'learned-silent': 'Neither reports nor accepts once it has learned a value.',
  },
  expected: [
    row('', at(6, 2), 'holds', 'firm'),
    live('', at(6, 1), 'holds'),
    live('learned-silent', at(6, 1), 'violated'),
    row('learned-silent', at(6, 2), 'holds'),
    { ...row('learn-from-available', at(5, 2), 'violated'), defect: 'fab/n-5f' },
  ],
  settings: [
    { name: 'n-5f', about: 'Five replicas, one of them Byzantine: n > 5f is needed.', configuration: at(5, 2) },
  ],
})
