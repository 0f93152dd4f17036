import { properties } from '../src/model/index.ts'
import type { Bracha } from '../src/protocols/bracha.ts'
import { byzantineStake } from '../src/protocols/weighted-bracha.ts'
import { brachaProperties } from './bracha.ts'
import { weightedBrachaVariants } from './variants.ts'

const subject = 'weighted-bracha'
/** Two of five replicas, with two of eight stakes. */
const small = { n: 5, byzantine: [3, 4] }
const heads = { subject: `${subject}/counts-heads`, configuration: small, confidence: 'derived' } as const

export const weightedBrachaProperties = properties<Bracha>({
  variants: weightedBrachaVariants,
  claims: brachaProperties.claims.map((claim) =>
    claim.kind === 'sometimes'
      ? claim
      : { ...claim, promised: 'the Byzantine stake ≤ f', promise: (setting) => byzantineStake(setting) <= setting.f },
  ),
  expected: [
    ...(['agreement', 'totality', 'validity', 'integrity'] as const).map(
      (claim) => ({ subject, configuration: small, claim, verdict: 'holds', confidence: 'derived' }) as const,
    ),
    { subject, configuration: { n: 4, b: 1 }, claim: 'agreement', verdict: 'holds', confidence: 'derived' },
    { subject, configuration: { n: 5, b: 1 }, claim: 'totality', verdict: 'holds', confidence: 'derived' },
    { ...heads, claim: 'agreement', verdict: 'violated' },
    { ...heads, claim: 'totality', verdict: 'violated' },
    { ...heads, claim: 'validity', verdict: 'violated' },
    {
      subject: `${subject}/counts-heads`,
      configuration: { n: 4, b: 1 },
      claim: 'agreement',
      verdict: 'holds',
      confidence: 'derived',
    },
  ],
})
