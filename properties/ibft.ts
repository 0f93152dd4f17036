import { type Configuration, type Expectation, invariant, properties } from '../src/model/index.ts'
import type { Ibft } from '../src/protocols/ibft.ts'
import { agreement, decided, decidesAfterHealing, ifAllPropose } from './claims.ts'

/** One instance, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

/** Locks are for good. With correct replicas locked on two values, neither may ever find a quorum again. */
const neverStuck = invariant<Ibft['output'] | { note: Ibft['note'] }>(
  {
    name: 'never-stuck',
    about: 'For some value, the correct replicas that are not locked on another one make a quorum.',
    reads: ['notes'],
    notes: ['locked'],
  },
  ({ setting: { n, f }, correct, outputs }) => {
    const locks = outputs.flatMap(({ at, output }) => ('note' in output ? [{ at, value: output.note.locked }] : []))
    const quorum = Math.ceil((n + f + 1) / 2)
    const free = (value: string | undefined) =>
      correct.filter((id) => locks.every((lock) => lock.at !== id || lock.value === value)).length
    const values = [...new Set(locks.map(({ value }) => value)), undefined]
    if (correct.length < quorum || values.some((value) => free(value) >= quorum)) return undefined
    return `correct replicas are locked on ${values.filter(Boolean).join(' and ')}, and none can find ${quorum} votes`
  },
)

const at = (rounds: number, n = 4, b = 1): Configuration => ({ n, f: 1, b, bounds: { rounds } })

const row = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `ibft/${name}` : 'ibft',
  ...{ configuration, claim, verdict, confidence: 'derived' },
})

export const ibftProperties = properties<Ibft>({
  claims: [agreement(chosen), neverStuck, decidesAfterHealing(chosen, ifAllPropose), decided(chosen)],
  settings: [{ name: 'published', about: 'One Byzantine replica among four, two rounds.', configuration: at(2) }],
  variants: {
    'no-lock': 'Locks nothing, as in the first version.',
    'quorum-2f-plus-1': 'Quorums are 2f + 1 for every n, as shipped.',
  },
  expected: [
    row('', 'agreement', at(2), 'holds'),
    row('', 'agreement', at(3), 'holds'),
    { ...row('', 'never-stuck', at(2)), defect: 'ibft/published' },
    { ...row('', 'liveness', { n: 4, f: 1, byzantine: [3], bounds: { rounds: 2 } }), defect: 'ibft/published' },
    row('', 'agreement', at(1, 5), 'holds'),
    row('', 'agreement', at(1, 6), 'holds'),
    row('no-lock', 'agreement', at(2)),
    row('quorum-2f-plus-1', 'agreement', at(1, 5)),
    row('quorum-2f-plus-1', 'agreement', at(1, 6)),
    row('', 'agreement', at(2, 6, 0), 'holds'),
    // The catalogue of mutants gives it four rounds; two quorums of three among six take two.
    row('quorum-2f-plus-1', 'agreement', at(2, 6, 0)),
  ],
})
