import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { Dbft } from '../src/protocols/dbft.ts'
import { agreement, decided, decidesAfterHealing, ifAllPropose, integrity } from './claims.ts'

/** One block, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (views: number, b = 1): Configuration => ({ n: 4, f: 1, b, bounds: { views } })

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `dbft/${name}` : 'dbft',
  ...{ configuration, claim, verdict, confidence: 'derived' },
})

export const dbftProperties = properties<Dbft>({
  claims: [agreement(chosen), integrity(chosen), decidesAfterHealing(chosen, ifAllPropose), decided(chosen)],
  variants: {
    'commit-never-leaves': 'A replica that has asked for the next view no longer commits in this one.',
    'committed-may-leave': 'A replica that has committed may leave the view.',
  },
  expected: [
    row('', 'agreement', at(2), 'holds'),
    row('', 'agreement', at(3), 'holds'),
    row('', 'integrity', at(2), 'holds'),
    row('', 'liveness', at(1, 0), 'holds'),
    row('commit-never-leaves', 'agreement', at(2), 'holds'),
    row('commit-never-leaves', 'liveness', at(1, 0)),
    row('committed-may-leave', 'agreement', at(2, 0)),
  ],
})
