import { type Configuration, type Expectation, invariant, nameOf, properties } from '../src/model/index.ts'
import type { BenOr } from '../src/protocols/ben-or.ts'
import { agreement, decided, decidesAfterHealing, ifAllPropose, integrity } from './claims.ts'
import { benOrVariants } from './variants.ts'

/** One bit, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const validity = invariant<BenOr['output'] | { note: never }>(
  {
    name: 'validity',
    about: 'If all correct replicas start with one value, only that one is decided.',
    reads: ['soup'],
    decidedBy: 1,
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    const startedWith = (at: number, value: string) =>
      soup.some(
        ({ from, message }) =>
          from === at &&
          message.type === 'REPORT' &&
          'round' in message &&
          message.round === 1 &&
          'value' in message &&
          message.value === value,
      )
    // Who has said nothing yet may still start with another value, if one is offered.
    const opposes = (at: number, value: string) =>
      !startedWith(at, value) && setting.inputs[at]!.some((other) => other !== value)
    for (const { at, output } of fresh) {
      if (!('decided' in output) || !correct.every((id) => opposes(id, output.decided))) continue
      return `${nameOf(at, setting.n)} decided ${output.decided}, with which no correct replica started`
    }
    return undefined
  },
)

const at6 = { n: 6, f: 1, b: 1 }
const baseline = { ...at6, bounds: { rounds: 4 } }

const row = (
  subject: string,
  configuration: Configuration,
  claim: string,
  verdict: Expectation['verdict'],
  defect?: string,
): Expectation => ({ subject, configuration, claim, verdict, confidence: 'firm', ...(defect ? { defect } : {}) })

export const benOrProperties = properties<BenOr>({
  variants: benOrVariants,
  claims: [
    agreement(chosen),
    validity,
    integrity(chosen), // Who is offered nothing to start with is waited for in vain.
    decidesAfterHealing(chosen, ifAllPropose),
    decided(chosen),
  ],
  settings: [
    {
      name: 'n-5f',
      about: 'Five replicas, one of them Byzantine: n > 5f is needed.',
      configuration: { n: 5, f: 1, b: 1 },
    },
    { name: 'over-bound', about: 'Two Byzantine replicas among six.', configuration: { n: 6, f: 1, b: 2 } },
    {
      name: 'no-validation',
      about: 'n > 3f without the reliable broadcast and the justified messages that this takes.',
      configuration: { n: 4, f: 1, b: 1 },
    },
  ],
  expected: [
    row('ben-or', baseline, 'agreement', 'holds'),
    row('ben-or', baseline, 'validity', 'holds'),
    row('ben-or', baseline, 'integrity', 'holds'),
    row('ben-or', { n: 6, f: 1, b: 0 }, 'agreement', 'holds'),
    row('ben-or', { n: 11, f: 2, b: 2 }, 'agreement', 'holds'),
    row('ben-or', { n: 11, f: 2, b: 2 }, 'validity', 'holds'),
    row('ben-or', { n: 5, f: 1, b: 1 }, 'agreement', 'violated', 'ben-or/n-5f'),
    row('ben-or', { n: 5, f: 1, b: 1 }, 'validity', 'violated', 'ben-or/n-5f'),
    row('ben-or', { n: 10, f: 2, b: 2 }, 'agreement', 'violated', 'ben-or/n-5f'),
    row('ben-or', { n: 10, f: 2, b: 2 }, 'validity', 'violated', 'ben-or/n-5f'),
    row('ben-or', { n: 6, f: 1, b: 2 }, 'agreement', 'violated', 'ben-or/over-bound'),
    row('ben-or/adopt-f', at6, 'agreement', 'violated'),
    row('ben-or/decide-f-plus-1', at6, 'agreement', 'violated'),
    row('ben-or/simple-majority', { n: 7, f: 1, b: 1 }, 'agreement', 'violated'),
    row('ben-or/simple-majority', baseline, 'agreement', 'holds'),
    row('ben-or', { n: 4, f: 1, b: 1 }, 'agreement', 'violated', 'ben-or/no-validation'),
    row('ben-or', { n: 4, f: 1, b: 1 }, 'validity', 'violated', 'ben-or/no-validation'),
  ],
})
