import { type Configuration, type Expectation, properties, sometimes } from '../src/model/index.ts'
import type { Simplex } from '../src/protocols/simplex.ts'
import { growsAfterHealing, oneChain } from './claims.ts'

const finalised = (output: Simplex['output'] | { note: never }) =>
  'finalised' in output ? output.finalised : undefined

const inTurn = (iterations: number, n = 4): Configuration => ({ n, f: 1, b: 1, bounds: { iterations } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `simplex/${name}` : 'simplex',
  ...{ configuration, claim: 'agreement', verdict, confidence: 'derived' },
})

const live = (...one: Parameters<typeof row>): Expectation => ({ ...row(...one), claim: 'liveness' })

export const simplexProperties = properties<Simplex>({
  claims: [
    oneChain(finalised),
    // Whoever is in the iteration after the last one may still propose in it.
    growsAfterHealing(finalised, ({ bounds }) => bounds['iterations']! + 1),
    sometimes(
      { name: 'decided', about: 'Some correct replica finalises a block.', decidedBy: 1 },
      ({ outputs }) => outputs.length > 0,
    ),
  ],
  variants: {
    'finalise-late': 'Says that a block is final although it has voted for the dummy block, too.',
    'skip-unseen': 'Votes for a block that skips iterations without a dummy block in them.',
    'vote-repeat': 'Votes for every proposal of an iteration.',
    'quorum-2f-plus-1': 'Quorums are 2f + 1 for every n.',
    'any-parent': 'Votes for a block without a look at the votes for its parent.',
    'no-relay': 'Does not send on the votes that brought it to an iteration.',
    'one-vote': 'Votes once in an iteration, for a proposal or for the dummy block.',
  },
  expected: [
    row('', inTurn(2), 'holds'),
    row('', inTurn(3), 'holds'),
    row('finalise-late', inTurn(3)),
    row('skip-unseen', inTurn(3)),
    row('any-parent', inTurn(3)),
    row('vote-repeat', inTurn(2)),
    row('quorum-2f-plus-1', inTurn(2, 5)),
    live('', inTurn(1), 'holds'),
    live('no-relay', inTurn(1)),
    live('one-vote', inTurn(1)),
    row('no-relay', inTurn(2), 'holds'),
    row('one-vote', inTurn(2), 'holds'),
  ],
})
