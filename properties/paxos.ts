import { invariant, nameOf, properties, type Setting } from '../src/model/index.ts'
import type { Paxos } from '../src/protocols/paxos.ts'
import { agreement, decided, decidesAfterHealing, integrity } from './claims.ts'
import { paxosVariants } from './variants.ts'

/** One decree, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const nobodyIsByzantine = ({ byzantine }: Setting): boolean => byzantine.length === 0

const validity = invariant<Paxos['output'] | { note: never }>(
  {
    name: 'validity',
    about: 'Only a value that was offered to some proposer is decided.',
    promised: 'b = 0',
    promise: nobodyIsByzantine,
    decidedBy: 1,
  },
  ({ setting, outputs }) => {
    const offered = setting.inputs.flat()
    for (const { at, output } of outputs) {
      if (!('decided' in output) || offered.includes(output.decided)) continue
      return `${nameOf(at, setting.n)} decided ${output.decided}, which nobody was offered`
    }
    return undefined
  },
)

const at3 = { n: 3 }
const crashing = { n: 3, crash: [2] }
const restarting = { n: 3, restart: [0, 1, 2] }
const subject = 'paxos'

export const paxosProperties = properties<Paxos>({
  variants: paxosVariants,
  claims: [
    { ...agreement(chosen), promised: 'b = 0', promise: nobodyIsByzantine },
    validity,
    { ...integrity(chosen) },
    // Whoever has nothing to propose waits for somebody who has.
    {
      ...decidesAfterHealing(chosen, ({ correct, setting }) =>
        correct.some((id) => setting.inputs[id]!.length > 0) ? [''] : [],
      ),
      promised: 'b = 0, and a majority is correct',
      promise: (setting) => nobodyIsByzantine(setting) && 2 * setting.crash.length < setting.n,
    },
    decided(chosen),
  ],
  settings: [
    {
      name: 'byzantine-acceptor',
      about: 'One of three acceptors is Byzantine: to the second proposer it denies what it accepted.',
      configuration: { n: 3, byzantine: [2] },
    },
    {
      name: 'byzantine-proposer',
      about: 'The proposer of ballot 0 is Byzantine: it sends ACCEPT without a phase 1.',
      configuration: { n: 3, byzantine: [0] },
    },
  ],
  expected: [
    { subject, configuration: at3, claim: 'agreement', verdict: 'holds', confidence: 'firm' },
    { subject, configuration: at3, claim: 'validity', verdict: 'holds', confidence: 'firm' },
    { subject, configuration: at3, claim: 'integrity', verdict: 'holds', confidence: 'firm' },
    { subject, configuration: at3, claim: 'liveness', verdict: 'holds', confidence: 'derived' },
    { subject, configuration: crashing, claim: 'agreement', verdict: 'holds', confidence: 'firm' },
    { subject, configuration: crashing, claim: 'liveness', verdict: 'holds', confidence: 'derived' },
    {
      subject,
      configuration: { n: 3, crash: [0], bounds: { ballots: 4 } },
      claim: 'agreement',
      verdict: 'holds',
      confidence: 'firm',
    },
    {
      subject,
      configuration: { n: 3, byzantine: [2] },
      claim: 'agreement',
      verdict: 'violated',
      defect: 'paxos/byzantine-acceptor',
      confidence: 'derived',
    },
    {
      subject,
      configuration: { n: 3, byzantine: [0] },
      claim: 'agreement',
      verdict: 'violated',
      defect: 'paxos/byzantine-proposer',
      confidence: 'derived',
    },
    {
      subject: 'paxos/ignores-accepted',
      configuration: at3,
      claim: 'agreement',
      verdict: 'violated',
      confidence: 'firm',
    },
    {
      subject: 'paxos/forgets-promise',
      configuration: at3,
      claim: 'agreement',
      verdict: 'violated',
      confidence: 'firm',
    },
    { subject, configuration: restarting, claim: 'agreement', verdict: 'holds', confidence: 'firm' },
    { subject, configuration: restarting, claim: 'integrity', verdict: 'holds', confidence: 'firm' },
    {
      subject: 'paxos/forgets-accepted',
      configuration: restarting,
      claim: 'agreement',
      verdict: 'violated',
      confidence: 'firm',
    },
  ],
})
