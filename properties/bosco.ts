import { type Configuration, type Expectation, invariant, nameOf, properties, sometimes } from '../src/model/index.ts'
import type { Bosco } from '../src/protocols/bosco.ts'

/** What a replica has decided in one step, or proposes to the consensus below. */
function said(output: object): { readonly value: unknown; readonly isDecision: boolean } | undefined {
  if ('decided' in output) return { value: output.decided, isDecision: true }
  return 'proposed' in output ? { value: output.proposed, isDecision: false } : undefined
}

const agreement = invariant<object>(
  {
    name: 'agreement',
    about: 'What one replica decides in one step, all others decide or propose.',
    decidedBy: 2,
  },
  ({ outputs, setting }) => {
    const all = outputs.flatMap(({ at, output }) => {
      const one = said(output)
      return one ? [{ at, ...one }] : []
    })
    for (const one of all.filter(({ isDecision }) => isDecision)) {
      const other = all.find(({ value }) => value !== one.value)
      if (!other) continue
      const what = other.isDecision ? 'decided' : 'proposed'
      return `${nameOf(one.at, setting.n)} decided ${one.value}, ${nameOf(other.at, setting.n)} ${what} ${other.value}`
    }
    return undefined
  },
)

/** Of inputs that may be anything nothing is claimed. */
const oneStep = invariant<object>(
  {
    name: 'one-step',
    about: 'Where all correct replicas begin with one value, all of them decide it in one step.',
    promised: 'n > 7f; n > 5f and b = 0',
    promise: ({ n, f, byzantine }) => n > 7 * f || (n > 5 * f && byzantine.length === 0),
    decidedBy: 1,
  },
  ({ outputs, setting, correct }) => {
    const begins = new Set(correct.flatMap((id) => setting.inputs[id] ?? []))
    if (begins.size !== 1) return undefined
    const late = outputs.find(({ output }) => 'proposed' in output)
    return late && `${nameOf(late.at, setting.n)} has all the votes that it waits for, and does not decide`
  },
)

const proposed = sometimes<object>(
  { name: 'decided', about: 'Some correct replica is done with its step.', decidedBy: 1 },
  ({ outputs }) => outputs.length > 0,
)

/** Everybody begins with a. */
const unanimous = (n: number, b: number): Configuration => ({
  ...{ n, f: 1, b, values: ['a', 'b'] },
  inputs: Object.fromEntries(Array.from({ length: n }, (_, id) => [id, ['a']])),
})
const any = (n: number): Configuration => ({ n, f: 1, b: 1 })

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'],
): Expectation => ({
  subject: name ? `bosco/${name}` : 'bosco',
  ...{ configuration, claim, verdict, confidence: 'derived' },
})

export const boscoProperties = properties<Bosco>({
  claims: [agreement, oneStep, proposed],
  variants: { 'low-threshold': 'Decides in one step on more than (n + f) / 2 equal votes.' },
  settings: [
    { name: 'n-5f', about: 'Five replicas that begin alike: n > 5f is needed.', configuration: unanimous(5, 0) },
    {
      name: 'n-7f',
      about: 'Seven that begin alike, one of them Byzantine: n > 7f is needed.',
      configuration: unanimous(7, 1),
    },
  ],
  expected: [
    row('', 'agreement', any(6), 'holds'),
    // Beyond its bounds it only takes longer.
    row('', 'agreement', { ...any(5), b: 0 }, 'holds'),
    row('', 'agreement', any(7), 'holds'),
    row('low-threshold', 'agreement', any(6), 'violated'),
    row('', 'one-step', unanimous(6, 0), 'holds'),
    row('', 'one-step', unanimous(8, 1), 'holds'),
    { ...row('', 'one-step', unanimous(5, 0), 'violated'), defect: 'bosco/n-5f' },
    { ...row('', 'one-step', unanimous(7, 1), 'violated'), defect: 'bosco/n-7f' },
  ],
})
