import { properties } from '../src/model/index.ts'
import type { XrpLedger } from '../src/protocols/xrp-ledger.ts'
import { agreement, decided, integrity } from './claims.ts'
import { xrpLedgerVariants } from './variants.ts'

const accepted = (output: object) => ('accepted' in output ? { slot: '', value: output.accepted } : undefined)

const subject = 'xrp-ledger'
const short = `${subject}/short-lists`
const claim = 'agreement'

export const xrpLedgerProperties = properties<XrpLedger>({
  variants: xrpLedgerVariants,
  claims: [agreement(accepted), integrity(accepted), decided(accepted)],
  expected: [
    { subject, configuration: { n: 8 }, claim, verdict: 'holds', confidence: 'reported' },
    { subject, configuration: { n: 8, f: 1, b: 1 }, claim, verdict: 'holds', confidence: 'derived' },
    { subject: short, configuration: { n: 8 }, claim, verdict: 'violated', confidence: 'reported' },
    { subject: short, configuration: { n: 8, f: 1, b: 1 }, claim, verdict: 'violated', confidence: 'derived' },
  ],
})
