import { type Configuration, type Expectation, invariant, nameOf, properties, sometimes } from '../src/model/index.ts'
import type { Zyzzyva } from '../src/protocols/zyzzyva.ts'

const at = (views: number): Configuration => ({ n: 4, f: 1, b: 1, bounds: { views } })

const row = (name: string, configuration: Configuration, verdict: Expectation['verdict']): Expectation => ({
  subject: name ? `zyzzyva/${name}` : 'zyzzyva',
  ...{ configuration, claim: 'client-agreement', verdict, confidence: 'derived' },
})

/** There is one slot, so two requests cannot both be in it. */
const clientAgreement = invariant<object>(
  { name: 'client-agreement', about: 'No two requests are completed in one slot.', decidedBy: 2 },
  ({ outputs, setting }) => {
    const [one, other] = outputs
    return one && other && [one, other].map(({ at }) => `${nameOf(at, setting.n)} completed its request`).join(', ')
  },
)

const completed = sometimes<object>(
  { name: 'completed', about: 'Some client completes its request.', decidedBy: 1 },
  ({ outputs }) => outputs.length > 0,
)

export const zyzzyvaProperties = properties<Zyzzyva>({
  claims: [clientAgreement, completed],
  variants: {
    'view-ordered-tracks': 'Prefers what is of the highest view, certified or not.',
  },
  expected: [
    { ...row('', at(3), 'violated'), defect: 'zyzzyva/published' },
    row('', at(2), 'holds'),
    row('view-ordered-tracks', at(3), 'holds'),
  ],
})
