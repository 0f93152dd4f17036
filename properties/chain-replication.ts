import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { ChainReplication } from '../src/protocols/chain-replication.ts'
import { linearizability } from './linearizable.ts'

const at = (byzantine: number[]): Configuration => ({ n: 3, byzantine, bounds: { operations: 2 } })

/** Each of two clients writes a value of its own, and reads. */
const twoWriters: Configuration = {
  ...{ n: 3, values: ['a', 'b', 'read'], inputs: { 3: ['a', 'read'], 4: ['b', 'read'] } },
  bounds: { operations: 2 },
}

const row = (name: string, configuration: Configuration, verdict: Expectation['verdict']): Expectation => ({
  subject: name ? `chain-replication/${name}` : 'chain-replication',
  ...{ configuration, claim: 'linearizability', verdict, confidence: 'derived' },
})

export const chainReplicationProperties = properties<ChainReplication>({
  // Clients number their operations each by itself, so that one replies twice to the same number.
  law: { once: ['UPDATE'] },
  claims: [
    linearizability,
    sometimes<object>({ name: 'done', about: 'Some operation ends.', decidedBy: 1 }, ({ outputs }) =>
      outputs.some(({ output }) => 'ended' in output),
    ),
  ],
  variants: { 'read-anywhere': 'Readers believe whichever replica answers first.' },
  settings: [
    { name: 'byzantine-middle', about: 'The replica between head and tail is Byzantine.', configuration: at([1]) },
    { name: 'byzantine-tail', about: 'The tail is Byzantine.', configuration: at([2]) },
  ],
  expected: [
    row('', at([]), 'holds'),
    row('', twoWriters, 'holds'),
    { ...row('', at([1]), 'violated'), defect: 'chain-replication/byzantine-middle' },
    { ...row('', at([2]), 'violated'), defect: 'chain-replication/byzantine-tail' },
    row('read-anywhere', at([]), 'violated'),
  ],
})
