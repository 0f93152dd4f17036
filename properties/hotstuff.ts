import { type Configuration, type Expectation, liveness, nameOf, properties, sometimes } from '../src/model/index.ts'
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
/** r0, who is Byzantine, leads the first view, and r1 the second one. */
const ofHonestLeader = (name: string, verdict: Expectation['verdict'] = 'violated'): Expectation => ({
  ...derived(
    name,
    { n: 4, f: 1, byzantine: [0], values: ['a', 'b'], inputs: { 1: ['b'] }, bounds: { views: 2 } },
    verdict,
  ),
  claim: 'honest-leader-decides',
})
const derived = (...row: Parameters<typeof firm>): Expectation => ({ ...firm(...row), confidence: 'derived' })

type Output = Hotstuff['output'] | { note: Hotstuff['note'] }

const chain = oneChain<Output>((output) => ('decided' in output ? [...output.decided].join('.') : undefined))

/** A leader proposes when it has heard of a quorum: whoever else has something to say to it said that in time. */
const honestLeaderDecides = liveness<Output>(
  {
    name: 'honest-leader-decides',
    about:
      'Where a correct leader proposes, and nobody correct leaves its view before all messages of the correct arrive, each decides.',
    healing: 'deliveries',
    reads: ['before', 'notes'],
    notes: ['entered', 'proposed', 'view'],
  },
  (after, before) => {
    const { correct, setting } = before
    const notes = before.outputs.flatMap(({ at, output }) => ('note' in output ? [{ at, note: output.note }] : []))
    const viewOf = (id: number) =>
      Math.max(1, ...notes.map(({ at, note }) => (at === id && 'entered' in note ? note.entered : 1)))
    const views = new Set(correct.map(viewOf))
    for (const { at, note } of notes) {
      if (!('proposed' in note) || views.size > 1 || !views.has(note.view)) continue
      const decides = ({ at: id, output }: { at: number; output: object }) =>
        'decided' in output && output.decided === note.proposed ? [id] : []
      const done = after.outputs.flatMap(decides)
      const left = correct.find((id) => !done.includes(id))
      if (left !== undefined) {
        const names = `${nameOf(left, setting.n)} does not decide ${note.proposed}, which ${nameOf(at, setting.n)}`
        return `${names} proposes in view ${note.view}`
      }
    }
    return undefined
  },
)

export const hotstuffProperties = properties<Hotstuff>({
  law: hotstuffLaw,
  claims: [
    chain,
    honestLeaderDecides,
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
  settings: [
    {
      name: 'duplicate-proposals',
      about: 'One Byzantine replica among four, and every message arrives as often as one likes: it is safe.',
      configuration: { ...at(2), network: { duplicate: true } },
    },
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
    // The catalogue of mutants gives it four views; an old vote that counts in the next view is enough.
    derived('mixed-view-qc', at(2)),
    derived('few-new-views', at(2), 'holds'),
    derived('two-phase', at(2), 'holds'),
    firm('ge-safe-node', at(2), 'holds'),
    live('', 'holds'),
    live('all-new-views', 'violated'),
    ofHonestLeader('', 'holds'),
    ofHonestLeader('few-new-views'),
    ofHonestLeader('two-phase'),
  ],
})
