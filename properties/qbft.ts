import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { Qbft } from '../src/protocols/qbft.ts'
import { agreement, decided, decidesAfterHealing, ifAllPropose, integrity } from './claims.ts'

/** One instance, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (rounds: number, n = 4, b = 1): Configuration => ({ n, f: 1, b, bounds: { rounds } })

const firm = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `qbft/${name}` : 'qbft',
  ...{ configuration, claim, verdict, confidence: 'firm' },
})
const derived = (...row: Parameters<typeof firm>): Expectation => ({ ...firm(...row), confidence: 'derived' })

export const qbftProperties = properties<Qbft>({
  claims: [agreement(chosen), integrity(chosen), decidesAfterHealing(chosen, ifAllPropose), decided(chosen)],
  variants: {
    'unjustified-proposal': 'Nobody verifies the round changes behind a proposal.',
    'unproved-prepared': 'Nobody verifies what a ROUND-CHANGE says was prepared.',
    'first-not-highest': 'Takes the first prepared value instead of that of the highest round.',
    'quorum-2f-plus-1': 'Quorums are 2f + 1 for every n.',
    'decided-silent': 'A replica that has decided answers no messages.',
    'first-round-exempt': 'What was prepared in the first round needs no evidence.',
  },
  expected: [
    firm('', 'agreement', at(2), 'holds'),
    firm('', 'agreement', at(3), 'holds'),
    derived('', 'integrity', at(2), 'holds'),
    derived('', 'agreement', at(1, 5), 'holds'),
    derived('', 'agreement', at(1, 6), 'holds'),
    derived('unjustified-proposal', 'agreement', at(2)),
    derived('unproved-prepared', 'agreement', at(2)),
    derived('first-not-highest', 'agreement', at(3)),
    derived('quorum-2f-plus-1', 'agreement', at(1, 5)),
    derived('quorum-2f-plus-1', 'agreement', at(1, 6)),
    derived('', 'agreement', at(2, 6, 0), 'holds'),
    derived('quorum-2f-plus-1', 'agreement', at(2, 6, 0)),
    derived('', 'liveness', at(1), 'holds'),
    derived('', 'liveness', at(2), 'holds'),
    derived('decided-silent', 'liveness', at(1)),
    derived('first-round-exempt', 'agreement', at(2)),
  ],
})
