import { byzantineCount, type Expectation, type Id, invariant, nameOf, properties } from '../src/model/index.ts'
import type { DolevStrong } from '../src/protocols/dolev-strong.ts'
import { agreement, decided, decidesAfterHealing, integrity } from './claims.ts'
import { dolevStrongVariants } from './variants.ts'

type Output = DolevStrong['output'] | { note: never }

const SENDER = 0

/** One broadcast, hence one slot without a name. */
const decision = (output: Output) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const validity = invariant<Output>(
  {
    name: 'validity',
    about: "A correct sender's value is decided.",
    promised: 'b ≤ f < n',
    promise: (setting) => byzantineCount(setting) <= setting.f && setting.f < setting.n,
    reads: ['soup'],
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    if (!correct.includes(SENDER)) return undefined
    // Nobody else's signature is before its own where it sends a value of its own.
    const chains = soup.flatMap(({ from, message }) =>
      from === SENDER ? (message as unknown as { chains: { value: string; signers: Id[] }[] }).chains : [],
    )
    const sent = chains.find(({ signers }) => signers.length === 0)?.value
    for (const { at, output } of fresh) {
      if (sent === undefined || !('decided' in output) || output.decided === sent) continue
      return `${nameOf(at, setting.n)} decided ${output.decided}, but the correct sender r0 sent ${sent}`
    }
    return undefined
  },
)

const row = (
  variant: string,
  [n, f, b]: readonly [n: number, f: number, b: number],
  claim: 'agreement' | 'validity' | 'integrity' | 'liveness',
  verdict: Expectation['verdict'],
  confidence: Expectation['confidence'] = 'firm',
): Expectation => ({
  subject: variant ? `dolev-strong/${variant}` : 'dolev-strong',
  configuration: { n, f, b },
  claim,
  verdict,
  confidence,
})

export const dolevStrongProperties = properties<DolevStrong>({
  variants: dolevStrongVariants,
  claims: [
    agreement(decision),
    validity,
    integrity(decision),
    decidesAfterHealing(decision, () => ['']),
    decided(decision),
  ],
  expected: [
    row('', [4, 1, 1], 'agreement', 'holds'),
    row('', [4, 1, 1], 'validity', 'holds'),
    row('', [4, 1, 1], 'integrity', 'holds'),
    row('', [4, 1, 1], 'liveness', 'holds'),
    row('', [4, 1, 0], 'agreement', 'holds'),
    row('', [4, 1, 0], 'validity', 'holds'),
    row('', [4, 2, 2], 'agreement', 'holds'),
    row('', [4, 2, 2], 'validity', 'holds'),
    row('f-rounds', [3, 1, 1], 'agreement', 'violated'),
    row('f-rounds', [4, 1, 1], 'agreement', 'violated'),
    row('f-rounds', [4, 2, 2], 'agreement', 'violated'),
    row('short-chain', [4, 1, 1], 'agreement', 'violated'),
    row('no-relay', [4, 1, 1], 'agreement', 'violated'),
    row('sender-optional', [4, 1, 1], 'validity', 'violated', 'derived'),
  ],
})
