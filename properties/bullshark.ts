import { properties } from '../src/model/index.ts'
import type { Bullshark } from '../src/protocols/bullshark.ts'
import { agreement, decided, integrity } from './claims.ts'
import { bullsharkVariants } from './variants.ts'

/** The first place in the order is the slot: everybody has the same anchor there. */
const first = (output: object) => ('first' in output ? { slot: '', value: output.first } : undefined)

const subject = 'bullshark'
const claim = 'agreement'

export const bullsharkProperties = properties<Bullshark>({
  variants: bullsharkVariants,
  claims: [agreement(first), integrity(first), decided(first)],
  expected: [
    { subject, configuration: { n: 4, byzantine: [] }, claim, verdict: 'holds', confidence: 'derived' },
    { subject, configuration: { n: 4, b: 1 }, claim, verdict: 'holds', confidence: 'derived' },
    {
      subject: `${subject}/f-votes`,
      configuration: { n: 4, byzantine: [] },
      claim,
      verdict: 'violated',
      confidence: 'derived',
    },
    {
      subject: `${subject}/uncertified`,
      configuration: { n: 4, byzantine: [3] },
      claim,
      verdict: 'violated',
      confidence: 'derived',
    },
  ],
})
