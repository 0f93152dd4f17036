import {
  type Configuration,
  type Expectation,
  invariant,
  nameOf,
  properties,
  type Setting,
} from '../src/model/index.ts'
import type { Tendermint } from '../src/protocols/tendermint.ts'
import { accountability, allEquivocateOrNone, isAccountable } from './accountability.ts'
import { agreement, decided, decidesAfterHealing, ifAllPropose, integrity } from './claims.ts'
import { tendermintLaw } from './tendermint-law.ts'

/** One height, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const validity = invariant<Tendermint['output'] | { note: never }>(
  { name: 'validity', about: 'Only a valid value is decided.', promised: 'always', decidedBy: 1 },
  ({ setting, outputs }) => {
    const wrong = outputs.find(({ output }) => 'decided' in output && output.decided === 'invalid')
    return wrong && `${nameOf(wrong.at, setting.n)} decided an invalid value`
  },
)

const inOneRound = {
  promised: 'there is one round, b ≤ 2f, and messages are signed',
  promise: (setting: Setting) => setting.bounds['rounds'] === 1 && isAccountable(setting),
}

/** Not true, and said because it is often believed: whoever forgets a lock forks, and says nothing twice. */
const equivocationAlone = accountability(
  agreement(chosen),
  { once: tendermintLaw.once },
  {
    name: 'equivocation-alone',
    about: 'If correct replicas decide differently, f + 1 replicas are convicted of equivocation.',
    ...inOneRound,
  },
)

const at = (rounds: number, n = 4, b = 1): Configuration => ({ n, f: 1, b, bounds: { rounds } })

const firm = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({
  subject: name ? `tendermint/${name}` : 'tendermint',
  ...{ configuration, claim, verdict, confidence: 'firm' },
})
const derived = (...row: Parameters<typeof firm>): Expectation => ({ ...firm(...row), confidence: 'derived' })
const reported = (...row: Parameters<typeof firm>): Expectation => ({ ...firm(...row), confidence: 'reported' })

export const tendermintProperties = properties<Tendermint>({
  law: tendermintLaw,
  claims: [
    agreement(chosen),
    validity,
    integrity(chosen),
    decidesAfterHealing(chosen, ifAllPropose),
    accountability(agreement(chosen), tendermintLaw),
    equivocationAlone,
    allEquivocateOrNone(agreement(chosen), tendermintLaw, inOneRound),
    decided(chosen),
  ],
  settings: [
    {
      name: 'fork-equivocation',
      about: 'Two Byzantine replicas among four vote for two values in one round.',
      configuration: at(1, 4, 2),
    },
    {
      name: 'fork-amnesia',
      about: 'Two Byzantine replicas among four forget in a second round what they locked in the first.',
      configuration: at(2, 4, 2),
    },
    {
      name: 'fork-back-to-the-past',
      about: 'Two Byzantine replicas among four, one of which precommits a second time in a round that is over.',
      configuration: at(2, 4, 2),
    },
    {
      name: 'fork-unsigned',
      about: 'Two Byzantine replicas among four, and votes that only their receivers believe.',
      configuration: { ...at(1, 4, 2), auth: 'channels' },
    },
  ],
  variants: {
    'forget-lock': 'Prevotes any new proposal, whatever it is locked on.',
    'no-lock': 'Precommits without locking.',
    'pol-unchecked': 'Trusts the validRound of a proposal.',
    'pol-any-round': 'Counts PREVOTEs of all rounds for validRound.',
    'pol-ignore-lock-round': 'Unlocks for a quorum of any earlier round.',
    'precommit-across-rounds': 'Counts PRECOMMITs of all rounds.',
    'unlock-on-nil': 'A quorum of PREVOTEs for nil takes the lock away.',
    'unlock-on-weak-nil': 'f + 1 PREVOTEs for nil take the lock away.',
    'quorum-2f-plus-1': 'Quorums are 2f + 1 for every n.',
    'fresh-proposals': 'Always proposes a new value.',
    'dedup-prevotes': 'Of each sender only the first PREVOTE of a round counts.',
    'dedup-precommits': 'Of each sender only the first PRECOMMIT of a round counts.',
    'no-pol-rule': 'Proposals do not say in which round their value had a quorum, so that nothing unlocks.',
    'pol-future-round': 'Does not ask whether validRound is over.',
    'drop-locked-value-disjunct': 'The locked value itself is refused with a validRound before the lock.',
    'unlock-on-nil-insisting': 'A quorum for nil unlocks, and nothing else does.',
  },
  expected: [
    firm('', 'agreement', at(2), 'holds'),
    firm('', 'agreement', at(3), 'holds'),
    firm('', 'validity', { ...at(2), values: ['a', 'invalid'] }, 'holds'),
    derived('', 'integrity', at(2), 'holds'),
    firm('forget-lock', 'agreement', at(2)),
    derived('no-lock', 'agreement', at(2)),
    firm('pol-unchecked', 'agreement', at(2)),
    firm('pol-any-round', 'agreement', at(3)),
    firm('pol-ignore-lock-round', 'agreement', at(3)),
    firm('unlock-on-nil', 'agreement', at(3)),
    derived('unlock-on-weak-nil', 'agreement', at(3)),
    firm('precommit-across-rounds', 'agreement', at(4)),
    derived('quorum-2f-plus-1', 'agreement', at(1, 5)),
    derived('quorum-2f-plus-1', 'agreement', at(1, 6)),
    derived('', 'agreement', at(1, 5), 'holds'),
    derived('', 'agreement', at(1, 6), 'holds'),
    derived('', 'liveness', at(1), 'holds'),
    derived('fresh-proposals', 'liveness', at(1)),
    firm('dedup-prevotes', 'liveness', at(1)),
    derived('dedup-precommits', 'liveness', at(1)),
    derived('no-pol-rule', 'liveness', at(2)),
    { ...firm('', 'agreement', at(1, 4, 2)), defect: 'tendermint/fork-equivocation' },
    firm('', 'accountability', at(1, 4, 2), 'holds'),
    firm('', 'equivocation-alone', at(1, 4, 2), 'holds'),
    { ...firm('', 'equivocation-alone', at(2, 4, 2)), defect: 'tendermint/fork-amnesia' },
    derived('', 'all-equivocate-or-none', at(1, 4, 2), 'holds'),
    { ...reported('', 'all-equivocate-or-none', at(2, 4, 2)), defect: 'tendermint/fork-back-to-the-past' },
    { ...firm('', 'accountability', { ...at(1, 4, 2), auth: 'channels' }), defect: 'tendermint/fork-unsigned' },
    { ...firm('forget-lock', 'accountability', at(2, 4, 2)), defect: 'tendermint/forget-lock-accused' },
    firm('pol-future-round', 'agreement', at(2), 'holds'),
    firm('pol-future-round', 'agreement', at(3), 'holds'),
    reported('drop-locked-value-disjunct', 'agreement', at(2), 'holds'),
    reported('drop-locked-value-disjunct', 'agreement', at(3), 'holds'),
    reported('unlock-on-nil-insisting', 'agreement', at(2), 'holds'),
  ],
})
