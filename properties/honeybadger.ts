import { type Configuration, type Expectation, invariant, nameOf, properties } from '../src/model/index.ts'
import type { Honeybadger } from '../src/protocols/honeybadger.ts'
import { agreement, decided, decidesAfterHealing } from './claims.ts'

/** One subset, hence one slot without a name. */
const chosen = (output: object) => ('subset' in output ? { slot: '', value: output.subset } : undefined)

const validity = invariant<Honeybadger['output'] | { note: never }>(
  { name: 'validity', about: 'The subset has the proposals of n − f replicas at least.', decidedBy: 1 },
  ({ outputs, setting: { n, f } }) => {
    for (const { at, output } of outputs) {
      if (!('subset' in output) || output.subset.length >= n - f) continue
      const names = output.subset.map((id) => nameOf(id, n)).join(', ') || 'nobody'
      return `${nameOf(at, n)} has a subset of ${names}, fewer than ${n - f}`
    }
    return undefined
  },
)

/** All replicas are alike. */
const at4: Configuration = { n: 4, f: 1, byzantine: [3] }

const row = (name: string, claim: string, verdict: Expectation['verdict'] = 'holds'): Expectation => ({
  subject: name ? `honeybadger/${name}` : 'honeybadger',
  ...{ configuration: at4, claim, verdict, confidence: 'derived' },
})

export const honeybadgerProperties = properties<Honeybadger>({
  claims: [agreement(chosen), validity, decidesAfterHealing(chosen, () => ['']), decided(chosen)],
  // A VOTE does not say in which agreement it is: its receiver knows.
  law: { once: ['PROPOSE'] },
  variants: {
    'acs-early-zero': 'Votes for 0 in the agreements that are left while only n − f − 1 have ended with 1.',
    'never-zero': 'Votes for 0 only if all have ended with 1: never.',
    'some-agreements': 'Goes by the first n − f agreements that have ended.',
  },
  expected: [
    row('', 'agreement'),
    row('', 'validity'),
    row('acs-early-zero', 'validity', 'violated'),
    row('some-agreements', 'agreement', 'violated'),
    row('never-zero', 'liveness', 'violated'),
  ],
})
