import { invariant, nameOf, properties } from '../src/model/index.ts'
import type { Bracha } from '../src/protocols/bracha.ts'
import { agreement, decided, decidesAfterHealing, integrity, totality } from './claims.ts'
import { brachaVariants } from './variants.ts'

/** One broadcast, hence one slot without a name. */
const delivered = (output: object) => ('delivered' in output ? { slot: '', value: output.delivered } : undefined)

const validity = invariant<Bracha['output'] | { note: never }>(
  {
    name: 'validity',
    words: ['SEND'],
    decidedBy: 1,
    about: "Only a correct sender's own value is delivered.",
    reads: ['soup'],
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    if (!correct.includes(0)) return undefined
    const sent = soup.filter(({ from, message }) => from === 0 && message.type === 'SEND')
    for (const { at, output } of fresh) {
      if (!('delivered' in output)) continue
      if (sent.some(({ message }) => 'value' in message && message.value === output.delivered)) continue
      return `${nameOf(at, setting.n)} delivered ${output.delivered}, which the correct sender r0 never sent`
    }
    return undefined
  },
)

const at4 = { n: 4, f: 1, b: 1 }
const at3 = { n: 3, f: 1, b: 1 }

export const brachaProperties = properties<Bracha>({
  variants: brachaVariants,
  claims: [
    agreement(delivered),
    totality(delivered),
    validity,
    integrity(delivered),
    decidesAfterHealing(delivered, ({ correct, setting }) =>
      correct.includes(0) && setting.inputs[0]!.length > 0 ? [''] : [],
    ),
    decided(delivered),
  ],
  settings: [{ name: 'over-bound', about: 'Two Byzantine replicas among four.', configuration: { n: 4, f: 1, b: 2 } }],
  expected: [
    { subject: 'bracha', configuration: at4, claim: 'agreement', verdict: 'holds', confidence: 'firm' },
    { subject: 'bracha', configuration: at4, claim: 'totality', verdict: 'holds', confidence: 'firm' },
    { subject: 'bracha', configuration: at4, claim: 'validity', verdict: 'holds', confidence: 'firm' },
    { subject: 'bracha', configuration: at4, claim: 'integrity', verdict: 'holds', confidence: 'firm' },
    { subject: 'bracha', configuration: { n: 5 }, claim: 'agreement', verdict: 'holds', confidence: 'firm' },
    { subject: 'bracha', configuration: { n: 7 }, claim: 'agreement', verdict: 'holds', confidence: 'firm' },
    { subject: 'bracha/echo-two', configuration: at4, claim: 'totality', verdict: 'violated', confidence: 'firm' },
    { subject: 'bracha/echo-two', configuration: at4, claim: 'agreement', verdict: 'holds', confidence: 'firm' },
    { subject: 'bracha/ready-repeat', configuration: at4, claim: 'agreement', verdict: 'violated', confidence: 'firm' },
    { subject: 'bracha/amplify-one', configuration: at4, claim: 'totality', verdict: 'violated', confidence: 'firm' },
    {
      subject: 'bracha/amplify-one',
      configuration: at4,
      claim: 'validity',
      verdict: 'violated',
      confidence: 'derived',
    },
    {
      subject: 'bracha/no-amplification',
      configuration: at4,
      claim: 'totality',
      verdict: 'violated',
      confidence: 'firm',
    },
    {
      subject: 'bracha/deliver-f-plus-1',
      configuration: at4,
      claim: 'totality',
      verdict: 'violated',
      confidence: 'firm',
    },
    { subject: 'bracha/deliver-one', configuration: at4, claim: 'totality', verdict: 'violated', confidence: 'firm' },
    { subject: 'bracha/deliver-one', configuration: at4, claim: 'agreement', verdict: 'violated', confidence: 'firm' },
    { subject: 'bracha/n-3f', configuration: at3, claim: 'agreement', verdict: 'violated', confidence: 'firm' },
    { subject: 'bracha/n-3f', configuration: at3, claim: 'totality', verdict: 'violated', confidence: 'firm' },
    {
      subject: 'bracha/n-3f-full-quorum',
      configuration: at3,
      claim: 'totality',
      verdict: 'violated',
      confidence: 'firm',
    },
    {
      subject: 'bracha/echo-2f-plus-1',
      configuration: { n: 5, f: 1, b: 1 },
      claim: 'agreement',
      verdict: 'violated',
      confidence: 'firm',
    },
    {
      subject: 'bracha/echo-2f-plus-1',
      configuration: { n: 5, f: 1, b: 1 },
      claim: 'totality',
      verdict: 'violated',
      confidence: 'firm',
    },
    {
      subject: 'bracha/echo-2f-plus-1',
      configuration: { n: 6, f: 1, b: 1 },
      claim: 'agreement',
      verdict: 'violated',
      confidence: 'firm',
    },
    {
      subject: 'bracha',
      configuration: { n: 4, f: 1, b: 2 },
      claim: 'agreement',
      verdict: 'violated',
      defect: 'bracha/over-bound',
      confidence: 'firm',
    },
    {
      subject: 'bracha',
      configuration: { n: 4, f: 1, b: 2 },
      claim: 'totality',
      verdict: 'violated',
      defect: 'bracha/over-bound',
      confidence: 'firm',
    },
  ],
})
