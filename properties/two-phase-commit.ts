import { invariant, nameOf, type Outcome, properties } from '../src/model/index.ts'
import type { TwoPhaseCommit } from '../src/protocols/two-phase-commit.ts'
import { decided, decidesAfterHealing } from './claims.ts'
import { twoPhaseCommitVariants } from './variants.ts'

type Output = TwoPhaseCommit['output'] | { note: never }

const finished = (output: Output) => ('finished' in output ? { slot: '', value: output.finished } : undefined)
/** For whoever has to come to an end: the manager does by telling. */
const finishedOrTold = (output: Output) => ('told' in output ? { slot: '', value: output.told } : finished(output))

const atomicity = invariant<Output>(
  {
    name: 'atomicity',
    about: 'No participant commits while another aborts.',
    promised: 'the manager is correct',
    promise: ({ byzantine, crash }) => !byzantine.includes(0) && !crash.includes(0),
    decidedBy: 2,
  },
  ({ setting, outputs }) => {
    for (const committed of outputs) {
      if (finished(committed.output)?.value !== 'committed') continue
      const other = outputs.find(({ at, output }) => at !== committed.at && finished(output)?.value === 'aborted')
      if (other) return `${nameOf(committed.at, setting.n)} committed, ${nameOf(other.at, setting.n)} aborted`
    }
    return undefined
  },
)

/** A manager that may abort can always bring the transaction to an end, if it lives. */
const due = ({ setting }: Outcome<Output>) => (setting.inputs[0]!.includes('abort') ? [''] : [])

const subject = 'two-phase-commit'
const claim = 'atomicity'

export const twoPhaseCommitProperties = properties<TwoPhaseCommit>({
  variants: twoPhaseCommitVariants,
  claims: [atomicity, decidesAfterHealing(finishedOrTold, due), decided(finished)],
  settings: [
    {
      name: 'byzantine-coordinator',
      about: 'A Byzantine manager and two participants.',
      configuration: { n: 3, byzantine: [0] },
    },
    {
      name: 'crashing-coordinator',
      about: 'The manager may crash: whoever is prepared then waits for ever.',
      configuration: { n: 3, crash: [0] },
    },
  ],
  expected: [
    { subject, configuration: { n: 3 }, claim, verdict: 'holds', confidence: 'firm' },
    { subject, configuration: { n: 4 }, claim, verdict: 'holds', confidence: 'firm' },
    { subject, configuration: { n: 4 }, claim: 'liveness', verdict: 'holds', confidence: 'derived' },
    { subject, configuration: { n: 4, byzantine: [3] }, claim, verdict: 'holds', confidence: 'derived' },
    { subject, configuration: { n: 3, crash: [0] }, claim, verdict: 'holds', confidence: 'firm' },
    {
      subject,
      configuration: { n: 3, byzantine: [0] },
      claim,
      verdict: 'violated',
      defect: 'two-phase-commit/byzantine-coordinator',
      confidence: 'derived',
    },
    {
      subject,
      configuration: { n: 3, crash: [0] },
      claim: 'liveness',
      verdict: 'violated',
      defect: 'two-phase-commit/crashing-coordinator',
      confidence: 'firm',
    },
    { subject: `${subject}/commit-early`, configuration: { n: 3 }, claim, verdict: 'violated', confidence: 'firm' },
    { subject: `${subject}/abort-prepared`, configuration: { n: 3 }, claim, verdict: 'violated', confidence: 'firm' },
  ],
})
