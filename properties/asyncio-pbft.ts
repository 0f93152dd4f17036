import { type Configuration, type Expectation, invariant, nameOf, properties } from '../src/model/index.ts'
import type { AsyncioPbft } from '../src/protocols/asyncio-pbft.ts'
import { agreement, commitOnce, committedImpliesPrepared, decided, decidesAfterHealing, integrity } from './claims.ts'

type Seen = AsyncioPbft['output'] | { readonly note: AsyncioPbft['note'] }

const committed = (output: Seen) => ('committed' in output ? output.committed : undefined)
const noteOf = (output: Seen) => ('note' in output ? output.note : undefined)

const validity = invariant<Seen>(
  {
    name: 'validity',
    about: 'A correct replica commits only what the primary has proposed to some replica.',
    reads: ['soup'],
    words: ['PREPREPARE'],
    decidedBy: 1,
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    // A faulty primary may have proposed anything.
    if (!correct.includes(0)) return undefined
    for (const { at, output } of fresh) {
      const decision = committed(output)
      if (!decision) continue
      const proposed = soup.some(
        ({ from, message }) =>
          from === 0 &&
          message.type === 'PREPREPARE' &&
          'digest' in message &&
          message.digest === decision.value &&
          'seq' in message &&
          message.seq === decision.slot,
      )
      if (proposed) continue
      const where = `${decision.value} in slot ${decision.slot}`
      return `${nameOf(at, setting.n)} decided ${where}, which the correct primary r0 never proposed`
    }
    return undefined
  },
)

/** The primary proposes one payload; where it has none, nothing is due. */
const due = ({ setting }: { readonly setting: { readonly inputs: readonly (readonly string[])[] } }) =>
  setting.inputs[0]?.length ? [1] : []

const channels = (n: number, b: number): Configuration => ({ n, b, auth: 'channels' })
/** The most that n replicas are meant to tolerate. */
const tolerated = (n: number): number => Math.floor((n - 1) / 3)

const holds = (subject: string, configuration: Configuration, ...claims: string[]): Expectation[] =>
  claims.map((claim) => ({ subject, configuration, claim, verdict: 'holds', confidence: 'firm' }))

const breaks = (claim: string, defect: string, ...configurations: Configuration[]): Expectation[] =>
  configurations.map((configuration) => ({
    subject: 'asyncio-pbft',
    configuration,
    claim,
    verdict: 'violated',
    defect: `asyncio-pbft/${defect}`,
    confidence: 'firm',
  }))

/** Classes of defects that no search in this model can show, with the reason. */
export const unreachable: readonly { readonly defect: string; readonly reason: string }[] = [
  {
    defect: 'asyncio-pbft/view-blind-votes',
    reason:
      'Votes of different views are counted together, but no correct replica ever leaves view 0, so there are no old ' +
      'votes to be counted again: what a Byzantine vote of another view achieves, its vote of view 0 does too.',
  },
  {
    defect: 'asyncio-pbft/oracle-conflation',
    reason:
      'It sits in the report around the protocol, which evaluates agreement only after full success; the model has ' +
      'claims instead of that report, and judges agreement after every step.',
  },
  {
    defect: 'asyncio-pbft/unbounded-state',
    reason:
      'It is about resources: a replica stores a vote for any sequence number and digest. The model shows the growth ' +
      '(every such vote is a step) but no claim limits the size of a state.',
  },
]

export const asyncioPbftProperties = properties<AsyncioPbft>({
  claims: [
    agreement(committed),
    integrity(committed),
    validity,
    committedImpliesPrepared((output) => {
      const note = noteOf(output)
      return note && 'committedUnprepared' in note ? note.committedUnprepared.slot : undefined
    }),
    commitOnce((output) => {
      const note = noteOf(output)
      return note && 'sentCommit' in note ? note.sentCommit : undefined
    }),
    decidesAfterHealing(committed, due),
    decided(committed),
  ],
  settings: [
    {
      name: 'over-bound',
      about: 'Two Byzantine replicas among four, with authenticated channels.',
      configuration: channels(4, 2),
    },
  ],
  expected: [
    ...([4, 5, 7] as const).flatMap((n) => [
      ...holds('asyncio-pbft', { n, b: 0, auth: 'none' }, 'agreement', 'validity'),
      ...holds('asyncio-pbft', channels(n, 0), 'agreement', 'validity'),
    ]),
    ...[4, 7, 10].flatMap((n) => [
      ...holds('asyncio-pbft', channels(n, tolerated(n)), 'agreement'),
      ...holds('asyncio-pbft/primary-only', channels(n, tolerated(n)), 'agreement', 'validity'),
    ]),
    ...[4, 5, 6, 7, 8, 9, 10].flatMap((n) => [
      ...holds('asyncio-pbft/adapted-quorum', channels(n, tolerated(n)), 'agreement'),
      ...holds(
        'asyncio-pbft/repaired',
        channels(n, tolerated(n)),
        'agreement',
        'validity',
        'committed-implies-prepared',
        'commit-once',
      ),
    ]),
    ...[channels(4, 1), channels(5, 2), { n: 4, b: 1, auth: 'none' } as const].flatMap((configuration) => [
      ...holds('asyncio-pbft/prepared-first', configuration, 'committed-implies-prepared'),
      ...holds('asyncio-pbft/commit-once', configuration, 'commit-once'),
    ]),

    ...breaks('agreement', 'forged-sender', { n: 4, byzantine: [3], auth: 'none' }),
    ...breaks(
      'agreement',
      'fixed-quorum',
      { n: 5, byzantine: [0], auth: 'channels' },
      { n: 9, byzantine: [0], auth: 'channels' },
      channels(4, 2),
      channels(7, 3),
      channels(10, 4),
    ),
    ...breaks('liveness', 'poisoned-proposal', { n: 4, byzantine: [3], auth: 'channels' }),
    ...breaks('validity', 'usurped-proposal', { n: 4, byzantine: [3], auth: 'channels' }),
    ...breaks('committed-implies-prepared', 'commit-without-prepared', channels(4, 0)),
    ...breaks('liveness', 'no-view-change', { n: 4, byzantine: [0], auth: 'channels' }),
    ...breaks('commit-once', 'repeated-commit', channels(4, 0)),
    ...breaks('liveness', 'lost-wakeup', { ...channels(4, 0), network: { lose: true } }),
  ],
})
