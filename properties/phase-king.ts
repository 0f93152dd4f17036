import { type Configuration, type Expectation, invariant, nameOf, properties } from '../src/model/index.ts'
import type { PhaseKing } from '../src/protocols/phase-king.ts'
import { agreement, decided } from './claims.ts'

/** One bit, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const validity = invariant<PhaseKing['output'] | { note: never }>(
  {
    name: 'validity',
    about: 'If all correct replicas start with one value, only that one is decided.',
    reads: ['soup'],
    words: ['VALUE'],
    decidedBy: 1,
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    for (const { at, output } of fresh) {
      if (!('decided' in output)) continue
      const said = soup.filter(({ message }) => message.type === 'VALUE' && 'value' in message)
      const has = (id: number) =>
        said.some(({ from, message }) => from === id && 'value' in message && message.value === output.decided)
      if (correct.some(has)) continue
      return `${nameOf(at, setting.n)} decided ${output.decided}, with which no correct replica started`
    }
    return undefined
  },
)

const at = (n: number): Configuration => ({ n, f: 1, b: 1 })

const row = (name: string, claim: string, n: number, verdict: Expectation['verdict'] = 'violated'): Expectation => ({
  subject: name ? `phase-king/${name}` : 'phase-king',
  ...{ configuration: at(n), claim, verdict, confidence: 'firm' },
})

export const phaseKingProperties = properties<PhaseKing>({
  claims: [agreement(chosen), validity, decided(chosen)],
  settings: [{ name: 'n-3f', about: 'Three replicas, one of them Byzantine: n > 3f is needed.', configuration: at(3) }],
  variants: {
    'f-phases': 'Stops after f phases.',
    'weak-grade': 'Is sure of a value that f + 1 replicas support.',
  },
  expected: [
    row('', 'agreement', 4, 'holds'),
    row('', 'validity', 4, 'holds'),
    row('f-phases', 'agreement', 4),
    row('weak-grade', 'agreement', 4),
    { ...row('', 'agreement', 3), defect: 'phase-king/n-3f' },
  ],
})
