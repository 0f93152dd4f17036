import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { Simplex } from '../src/protocols/simplex.ts'
import { oneChain } from './claims.ts'

const at = (iterations: number, b = 1): Configuration => ({ n: 4, f: 1, b, bounds: { iterations } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `simplex/${name}` : 'simplex',
  ...{ configuration, claim: 'agreement', verdict, confidence: 'derived' },
})

export const simplexProperties = properties<Simplex>({
  claims: [
    oneChain((output) => ('finalised' in output ? output.finalised.split('.') : undefined)),
    sometimes(
      { name: 'decided', about: 'Some correct replica finalises a block.' },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  expected: [
    row('', at(2), 'holds'),
    row('', at(3), 'holds'),
    row('finalises-late', at(2)),
    row('dummies-unchecked', at(2)),
    row('quorum-2f', at(2)),
  ],
})
