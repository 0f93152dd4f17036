import {
  byzantineCount,
  type Configuration,
  type Expectation,
  invariant,
  nameOf,
  properties,
  type Setting,
} from '../src/model/index.ts'
import type { OralMessages } from '../src/protocols/oral-messages.ts'
import { decided, decidesAfterHealing } from './claims.ts'
import { oralMessagesVariants } from './variants.ts'

type Output = OralMessages['output'] | { note: never }

const COMMANDER = 0

const obeyed = (output: Output) => ('obeyed' in output ? { slot: '', value: output.obeyed } : undefined)

const promise = (setting: Setting): boolean => setting.n > 3 * setting.f && byzantineCount(setting) <= setting.f

const ic1 = invariant<Output>(
  {
    name: 'ic1',
    about: 'All loyal lieutenants obey the same order.',
    promised: 'n > 3m, b ≤ m',
    promise,
    decidedBy: 2,
  },
  ({ setting, outputs }) => {
    const orders = outputs.flatMap(({ at, output }) => ('obeyed' in output ? [{ at, obeyed: output.obeyed }] : []))
    const [first] = orders
    const other = orders.find((order) => order.obeyed !== first!.obeyed)
    if (!other) return undefined
    return `${nameOf(first!.at, setting.n)} obeys ${first!.obeyed}, ${nameOf(other.at, setting.n)} obeys ${other.obeyed}`
  },
)

const ic2 = invariant<Output>(
  {
    name: 'ic2',
    about: 'If the commander is loyal, every loyal lieutenant obeys the order that he sends.',
    promised: 'n > 3m, b ≤ m',
    promise,
    reads: ['soup'],
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    if (!correct.includes(COMMANDER)) return undefined
    // A commander who was given no order sends none, and everybody retreats.
    const orders = soup.filter(({ from, message }) => from === COMMANDER && message.type === 'ORDER')
    const [sent] = orders.map(({ message }) => ('value' in message ? message.value : undefined))
    for (const { at, output } of fresh) {
      if (sent === undefined || !('obeyed' in output) || output.obeyed === sent) continue
      return `${nameOf(at, setting.n)} obeys ${output.obeyed}, but the loyal commander r0 ordered ${sent}`
    }
    return undefined
  },
)

const row = (
  variant: string,
  configuration: Configuration,
  claim: 'ic1' | 'ic2' | 'liveness',
  verdict: Expectation['verdict'],
  confidence: Expectation['confidence'] = 'firm',
  defect?: string,
): Expectation => ({
  subject: `oral-messages${variant}`,
  configuration,
  claim,
  verdict,
  confidence,
  ...(defect ? { defect } : {}),
})

const tooFew = 'oral-messages/n-3m'

export const oralMessagesProperties = properties<OralMessages>({
  variants: oralMessagesVariants,
  claims: [
    ic1,
    ic2,
    // The commander gives the order and obeys none.
    decidesAfterHealing(obeyed, ({ correct }) => (correct.includes(COMMANDER) ? [] : [''])),
    decided(obeyed),
  ],
  settings: [{ name: 'n-3m', about: 'One traitor among three generals.', configuration: { n: 3, f: 1, b: 1 } }],
  expected: [
    row('', { n: 4, f: 1, b: 1 }, 'ic1', 'holds'),
    row('', { n: 4, f: 1, b: 1 }, 'ic2', 'holds'),
    row('', { n: 4, f: 1, b: 1 }, 'liveness', 'holds'),
    row('', { n: 5, f: 1, b: 1 }, 'ic1', 'holds'),
    row('', { n: 7, f: 2, b: 2 }, 'ic1', 'holds', 'reported'),
    row('', { n: 7, f: 2, b: 2 }, 'ic2', 'holds', 'reported'),
    row('', { n: 3, f: 1, b: 1 }, 'ic2', 'violated', 'firm', tooFew),
    row('', { n: 6, f: 2, b: 2 }, 'ic2', 'violated', 'derived', tooFew),
    row('/m-rounds', { n: 4, f: 1, b: 1 }, 'ic1', 'violated'),
  ],
})
