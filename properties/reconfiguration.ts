import { properties, sometimes } from '../src/model/index.ts'
import type { Reconfiguration } from '../src/protocols/reconfiguration.ts'
import { agreement, decided, integrity } from './claims.ts'
import { reconfigurationVariants } from './variants.ts'

type Output = Reconfiguration['output'] | { note: never }

const decides = (output: Output) => ('decided' in output ? { slot: output.slot, value: output.decided } : undefined)

/** Without it nobody has ever counted by the new members. */
const handedOver = sometimes<Output>(
  { name: 'handed-over', about: 'Some replica decides a slot after the members have changed.' },
  ({ outputs }) =>
    outputs.some(
      ({ at, output }) =>
        decides(output)?.value === 'join' &&
        outputs.some((next) => next.at === at && (decides(next.output)?.slot ?? 0) > decides(output)!.slot),
    ),
)

const subject = 'reconfiguration'
const claim = 'agreement'

export const reconfigurationProperties = properties<Reconfiguration>({
  variants: reconfigurationVariants,
  claims: [agreement(decides), integrity(decides), decided(decides), handedOver],
  expected: [
    { subject, configuration: { n: 4 }, claim, verdict: 'holds', confidence: 'derived' },
    { subject, configuration: { n: 5 }, claim, verdict: 'holds', confidence: 'derived' },
    {
      subject: `${subject}/old-majority`,
      configuration: { n: 4 },
      claim,
      verdict: 'violated',
      confidence: 'derived',
    },
    // A majority of three and one of four share a member: one replica at a time may join like this.
    { subject: `${subject}/both-sets`, configuration: { n: 4 }, claim, verdict: 'holds', confidence: 'derived' },
    { subject: `${subject}/both-sets`, configuration: { n: 5 }, claim, verdict: 'violated', confidence: 'derived' },
    { subject: `${subject}/joint`, configuration: { n: 5 }, claim, verdict: 'holds', confidence: 'derived' },
  ],
})
