import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { Abd } from '../src/protocols/abd.ts'
import { linearizability } from './linearizable.ts'

const at = (byzantine: number[]): Configuration => ({ n: 3, byzantine, bounds: { operations: 2 } })

/** Each of two clients writes a value of its own, and reads. */
const twoWriters: Configuration = {
  ...{ n: 3, values: ['a', 'b', 'read'], inputs: { 3: ['a', 'read'], 4: ['b', 'read'] } },
  bounds: { operations: 2 },
}

const row = (name: string, configuration: Configuration, verdict: Expectation['verdict']): Expectation => ({
  subject: name ? `abd/${name}` : 'abd',
  ...{ configuration, claim: 'linearizability', verdict, confidence: 'derived' },
})

export const abdProperties = properties<Abd>({
  claims: [
    linearizability,
    sometimes<object>({ name: 'done', about: 'Some operation ends.', decidedBy: 1 }, ({ outputs }) =>
      outputs.some(({ output }) => 'ended' in output),
    ),
  ],
  variants: { 'no-write-back': 'Readers do not store what they have read.' },
  settings: [{ name: 'byzantine-replica', about: 'One of three replicas invents a tag.', configuration: at([2]) }],
  expected: [
    row('', at([]), 'holds'),
    row('', twoWriters, 'holds'),
    { ...row('', at([2]), 'violated'), defect: 'abd/byzantine-replica' },
    row('no-write-back', at([]), 'violated'),
  ],
})
