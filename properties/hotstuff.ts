import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { Hotstuff } from '../src/protocols/hotstuff.ts'
import { accountability } from './accountability.ts'
import { decidesAfterHealing, ifAllPropose, oneChain } from './claims.ts'
import { hotstuffLaw } from './hotstuff-law.ts'

const at = (views: number, values = ['a', 'b']): Configuration => ({ n: 4, f: 1, b: 1, values, bounds: { views } })

const firm = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `hotstuff/${name}` : 'hotstuff',
  ...{ configuration, claim: 'agreement', verdict, confidence: 'firm' },
})
const accountable: Expectation = {
  subject: 'hotstuff',
  configuration: { ...at(1), b: 2 },
  claim: 'accountability',
  verdict: 'holds',
  confidence: 'derived',
}
const live = (name: string, verdict: Expectation['verdict']): Expectation => ({
  ...firm(name, at(1), verdict),
  ...{ claim: 'liveness', confidence: 'derived' },
})
const derived = (...row: Parameters<typeof firm>): Expectation => ({ ...firm(...row), confidence: 'derived' })

type Output = Hotstuff['output'] | { note: never }

const chain = oneChain<Output>((output) => ('decided' in output ? [...output.decided].join('.') : undefined))

export const hotstuffProperties = properties<Hotstuff>({
  law: hotstuffLaw,
  claims: [
    chain,
    accountability(chain, hotstuffLaw),
    decidesAfterHealing<Output>(
      // Whatever block it is: those before it are decided with it.
      (output) => ('decided' in output ? { slot: '', value: output.decided } : undefined),
      ifAllPropose,
    ),
    sometimes(
      { name: 'decided', about: 'Some correct replica decides a block.', decidedBy: 1 },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  variants: {
    'no-safe-node': 'Finds every proposal safe.',
    'never-lock': 'Never sets lockedQC.',
    'decide-on-precommit': 'Decides on the certificate with which HotStuff only locks.',
    'unverified-high-qc': 'Nobody verifies the certificate that a proposal shows.',
    'mixed-view-qc': 'Counts votes of several views for one certificate.',
    'few-new-views': 'The leader waits for f + 1 NEW-VIEWs.',
    'all-new-views': 'The leader waits for a NEW-VIEW of everybody.',
    'two-phase': 'Leaves the pre-commit phase out.',
    'ge-safe-node': 'A certificate of the same view as the lock is new enough.',
  },
  expected: [
    firm('', at(2), 'holds'),
    accountable,
    derived('no-safe-node', at(2)),
    derived('never-lock', at(2)),
    derived('decide-on-precommit', at(2)),
    derived('unverified-high-qc', at(2)),
    derived('few-new-views', at(2), 'holds'),
    derived('two-phase', at(2), 'holds'),
    firm('ge-safe-node', at(2), 'holds'),
    live('', 'holds'),
    live('all-new-views', 'violated'),
  ],
})

export const unreachable = [
  { defect: 'hotstuff/mixed-view-qc', reason: 'It takes four views, with 30 blocks of two commands: not searched.' },
]
