import { type Configuration, type Expectation, type Id, invariant, nameOf, properties } from '../src/model/index.ts'
import type { ParallelDolevStrong } from '../src/protocols/parallel-dolev-strong.ts'
import { agreement, decided } from './claims.ts'

/** One value, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

/** What a replica has broadcast of its own: nobody else has signed that before it. */
const ownIn = (message: unknown): string[] =>
  (message as { chains: { value: string; signers: Id[] }[] }).chains.flatMap(({ value, signers }) =>
    signers.length === 0 ? [value] : [],
  )

/** Nothing is claimed where somebody correct has broadcast nothing. */
const validity = invariant<ParallelDolevStrong['output'] | { note: never }>(
  {
    name: 'validity',
    about: 'If all correct replicas broadcast one value, only that one is decided.',
    reads: ['soup'],
  },
  ({ setting: { n }, correct, fresh, soup }) => {
    const proposed = correct
      .map((id) => soup.find(({ from }) => from === id))
      .map((one) => one && ownIn(one.message)[0])
    const [value] = proposed
    if (value === undefined || proposed.some((other) => other !== value)) return undefined
    const other = fresh.find(({ output }) => 'decided' in output && output.decided !== value)
    if (!other || !('decided' in other.output)) return undefined
    return `${nameOf(other.at, n)} decided ${other.output.decided}, and all correct replicas have broadcast ${value}`
  },
)

const at = (n: number): Configuration => ({ n, f: 1, b: 1 })

const row = (name: string, claim: string, n: number, verdict: Expectation['verdict'] = 'holds'): Expectation => ({
  subject: name ? `parallel-dolev-strong/${name}` : 'parallel-dolev-strong',
  ...{ configuration: at(n), claim, verdict, confidence: 'derived' },
})

export const parallelDolevStrongProperties = properties<ParallelDolevStrong>({
  claims: [agreement(chosen), validity, decided(chosen)],
  variants: { 'f-rounds': 'f rounds instead of f + 1.' },
  settings: [{ name: 'n-2f', about: 'Two replicas, one of them Byzantine: n > 2f is needed.', configuration: at(2) }],
  expected: [
    row('', 'agreement', 3),
    row('', 'validity', 3),
    { ...row('', 'validity', 2, 'violated'), defect: 'parallel-dolev-strong/n-2f' },
    row('f-rounds', 'agreement', 3, 'violated'),
  ],
})
