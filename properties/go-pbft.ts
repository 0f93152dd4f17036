import {
  type Configuration,
  type Expectation,
  type Id,
  invariant,
  liveness,
  nameOf,
  type Outcome,
  properties,
} from '../src/model/index.ts'
import type { GoPbft } from '../src/protocols/go-pbft.ts'
import { agreement, commitOnce, committedImpliesPrepared, decided, decisions, integrity } from './claims.ts'

type Seen = GoPbft['output'] | { readonly note: GoPbft['note'] }

const decision = (output: Seen) =>
  'executed' in output ? { slot: output.executed.slot, value: output.executed.operation } : undefined
const noteOf = (output: Seen) => ('note' in output ? output.note : undefined)

/** Clients that have issued an operation, as far as the correct are concerned. */
function issuers({ setting, soup }: Outcome<Seen>, operation: unknown): Id[] {
  const requests = soup.filter(
    ({ from, message }) =>
      from >= setting.n && message.type === 'REQUEST' && 'payload' in message && message.payload === operation,
  )
  return [...new Set(requests.map(({ from }) => from))]
}

/** Byzantine clients: they may have issued anything. */
const byzantineClientCount = ({ setting }: Outcome<Seen>): number =>
  setting.byzantine.filter((id) => id >= setting.n).length

const validity = invariant<Seen>(
  {
    name: 'validity',
    about: 'Only operations that a client issued are executed.',
    reads: ['soup'],
    words: ['REQUEST'],
    decidedBy: 1,
  },
  (outcome) => {
    if (byzantineClientCount(outcome) > 0) return undefined
    for (const { at, output } of outcome.fresh) {
      const executed = decision(output)
      if (!executed || issuers(outcome, executed.value).length > 0) continue
      return `${nameOf(at, outcome.setting.n)} executed ${executed.value}, which no client issued`
    }
    return undefined
  },
)

/** Each correct client issues an operation once. */
const exactlyOnce = invariant<Seen>(
  {
    name: 'exactly-once',
    about: 'A request of a client is executed at most once.',
    reads: ['soup'],
    words: ['REQUEST'],
  },
  (outcome) => {
    if (byzantineClientCount(outcome) > 0) return undefined
    for (const { at, output } of outcome.fresh) {
      const executed = decision(output)
      if (!executed) continue
      const times = decisions(outcome, decision).filter((other) => other.at === at && other.value === executed.value)
      // What no client issued is no request of a client: `validity` is about that.
      const issued = issuers(outcome, executed.value).length
      if (issued === 0 || times.length <= issued) continue
      const slots = times.map(({ slot }) => slot).join(' and ')
      return `${nameOf(at, outcome.setting.n)} executed ${executed.value} in slots ${slots}`
    }
    return undefined
  },
)

const viewCertificate = invariant<Seen>(
  {
    name: 'view-certificate',
    about: 'A correct replica lets a NEW-VIEW take it to a view above 0 only if 2f + 1 replicas asked for that view.',
    reads: ['notes', 'soup'],
    words: ['VIEW_CHANGE'],
    decidedBy: 1,
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    // Faulty replicas may have asked for anything.
    const faulty = setting.n - correct.filter((id) => id < setting.n).length
    for (const { at, output } of fresh) {
      const note = noteOf(output)
      if (!note || !('entered' in note) || note.entered.view === 0) continue
      const { view } = note.entered
      const asked = new Set(
        soup
          .filter(({ message }) => message.type === 'VIEW_CHANGE' && 'view' in message && message.view === view)
          .map(({ from }) => from),
      )
      // 2f + 1 contain f + 1 correct ones, so the faulty alone cannot make a view.
      if (asked.size + faulty >= 2 * setting.f + 1) continue
      return `${nameOf(at, setting.n)} entered view ${view}, for which only ${asked.size} correct replicas had asked`
    }
    return undefined
  },
)

const monotoneView = invariant<Seen>(
  {
    name: 'monotone-view',
    about: 'The view of a correct replica never decreases.',
    decidedBy: 1,
    promised: 'always',
    reads: ['notes'],
  },
  ({ setting, outputs }) => {
    for (const { at, output } of outputs) {
      const note = noteOf(output)
      if (!note || !('entered' in note) || note.entered.view >= note.entered.from) continue
      return `${nameOf(at, setting.n)} went from view ${note.entered.from} back to view ${note.entered.view}`
    }
    return undefined
  },
)

const executesAfterHealing = liveness<Seen>(
  {
    name: 'liveness',
    about: 'In the canonical healed run, every correct replica executes every operation of a correct client.',
  },
  (after) => {
    const { setting, correct } = after
    const made = decisions(after, decision)
    const operations = new Set(correct.filter((id) => id >= setting.n).flatMap((id) => setting.inputs[id] ?? []))
    for (const operation of operations) {
      for (const at of correct.filter((id) => id < setting.n)) {
        if (made.some((executed) => executed.at === at && executed.value === operation)) continue
        return `${nameOf(at, setting.n)} never executes ${operation}, though every message of the correct arrives`
      }
    }
    return undefined
  },
)

const holds = (layer: string, configuration: Configuration, ...claims: string[]): Expectation[] =>
  claims.map((claim) => ({ subject: `go-pbft/${layer}`, configuration, claim, verdict: 'holds', confidence: 'firm' }))

const breaks = (
  layer: string,
  claim: string,
  defect: string | undefined,
  ...configurations: Configuration[]
): Expectation[] =>
  configurations.map((configuration) => ({
    subject: `go-pbft/${layer}`,
    configuration,
    claim,
    verdict: 'violated',
    ...(defect ? { defect: `go-pbft/${defect}` } : {}),
    confidence: 'firm',
  }))

const locks = 'A rule runs alone and to its end, so there is no lock to wait for. '
const timers = 'A timer is an event that is offered while it is armed, not an object that is waited on. '
const nothingToLose = 'In layer 0 nothing is ever executed anyhow, so no claim about it could tell the difference.'

/** Classes of defects that no search in this model can show, with the reason. */
export const unreachable: readonly { readonly defect: string; readonly reason: string }[] = [
  {
    defect: 'go-pbft/layer-0-unsorted-primary',
    reason:
      'The iteration order of a map differs from call to call, which a deterministic rule cannot; replica ids are ' +
      `sorted here. ${nothingToLose}`,
  },
  { defect: 'go-pbft/layer-0-reentrant-lock', reason: locks + nothingToLose },
  {
    defect: 'go-pbft/layer-0-timer-race',
    reason: `${timers}It exists from the initial state on, and start-up is not interleaved with anything.`,
  },
  { defect: 'go-pbft/layer-0-timer-replaced', reason: timers + nothingToLose },
  {
    defect: 'go-pbft/layer-0-client-never-satisfied',
    reason:
      'A REPLY has no destination and leaves the system, and the check for replies is constantly false: in no run is ' +
      'any client ever satisfied, so there is nothing to search for. Liveness is judged at the replicas.',
  },
  {
    defect: 'go-pbft/layer-1-weak-message-hygiene',
    reason:
      'Timestamps, serialisation and channel capacities are not modelled. VIEW-CHANGE for past views is; what it ' +
      'costs is memory, and what else it does is found as layer-1-view-regression.',
  },
]

const at4 = (...byzantine: Id[]): Configuration => ({ n: 4, byzantine })
const at5 = (...byzantine: Id[]): Configuration => ({ n: 5, byzantine })
/** With one operation nothing can be out of order. */
const one = { values: ['a'] } as const
/** Room for no more than what one sequence number in one view takes: all of it can be searched. */
const oneSlot = { bounds: { slots: 1, views: 1 } } as const

export const goPbftProperties = properties<GoPbft>({
  claims: [
    agreement(decision),
    integrity(decision),
    validity,
    exactlyOnce,
    viewCertificate,
    monotoneView,
    committedImpliesPrepared((output) => {
      const note = noteOf(output)
      return note && 'committedUnprepared' in note ? note.committedUnprepared.slot : undefined
    }),
    commitOnce((output) => {
      const note = noteOf(output)
      return note && 'sentCommit' in note ? note.sentCommit : undefined
    }),
    executesAfterHealing,
    decided(decision),
  ],
  expected: [
    ...holds('layer-1-fixed-view', { n: 4, b: 0 }, 'agreement', 'validity'),
    ...holds('layer-1-fixed-view', { n: 4, b: 0, ...oneSlot }, 'agreement', 'validity'),
    ...holds('layer-1-fixed-view', { n: 5, b: 0 }, 'agreement', 'validity'),
    ...holds('layer-2', { n: 4, b: 0 }, 'agreement'),
    ...holds('layer-2', { n: 4, b: 1 }, 'agreement'),
    ...holds('layer-2', { n: 4, b: 0, ...oneSlot }, 'agreement'),
    ...[0, 1, 2, 3].flatMap((byzantineReplica) =>
      holds('layer-2', { ...at4(byzantineReplica), ...oneSlot }, 'agreement'),
    ),
    ...holds('layer-2', { n: 5, b: 0 }, 'agreement'),
    ...holds('layer-3', { n: 4, b: 0, ...oneSlot }, 'agreement'),
    ...holds('layer-3-in-turn', { n: 4, b: 0, ...oneSlot }, 'agreement'),

    ...breaks('layer-0', 'liveness', 'layer-0-client-rejected', at4()),
    ...breaks('layer-0', 'liveness', 'layer-0-receiver-primary-check', at4(3)),
    // Where clients have keys, it breaks alone.
    ...breaks('layer-0-clients', 'liveness', 'layer-0-receiver-primary-check', at4()),

    ...breaks('layer-1', 'agreement', 'layer-1-payload-blind-votes', { ...at4(0), ...oneSlot }),
    // The number that is given out twice is the first one; it takes two primaries.
    ...breaks('layer-1', 'agreement', 'layer-1-slot-overwrite', { ...at4(3), inputs: {}, bounds: { slots: 1 } }),
    ...breaks('layer-1', 'agreement', 'layer-1-slot-overwrite', at5(), { n: 5, b: 1 }),
    ...breaks('layer-2', 'agreement', 'layer-2-fixed-quorum', at5(0)),
    ...breaks('layer-2-no-conflict-check', 'agreement', undefined, at4(), { n: 4, b: 1 }),
    ...breaks('layer-1', 'validity', 'layer-1-unissued-operation', { ...at4(3), ...one, ...oneSlot }),
    ...breaks('layer-1', 'exactly-once', 'layer-1-duplicate-request', { ...at4(3), ...one, bounds: { views: 1 } }),
    // Nobody has to ask for anything to be led to another view.
    ...breaks('layer-1', 'view-certificate', 'layer-1-unproved-new-view', { ...at4(1), clients: 0 }),
    ...breaks('layer-1', 'monotone-view', 'layer-1-view-regression', { ...at4(), clients: 0, bounds: { views: 3 } }),
    ...breaks('layer-1', 'committed-implies-prepared', 'layer-1-commit-without-prepared', {
      ...{ ...at4(), ...one, ...oneSlot },
    }),
    ...breaks('layer-1', 'commit-once', 'layer-1-repeated-commit', { ...at4(0), ...one, ...oneSlot }),
    ...breaks('layer-1', 'commit-once', 'layer-1-repeated-commit', { ...at5(), ...one, ...oneSlot }),

    ...breaks('layer-1-fixed-view', 'liveness', 'layer-1-prepare-threshold', at4(3)),
    // A replica's own COMMIT is counted but the tally is not looked at, and who has committed says COMMIT no more: with
    // four replicas and a slow PREPARE the vote that would be looked at never comes. Five have one to spare.
    ...breaks('layer-1-fixed-view', 'liveness', 'layer-1-own-commit-unexamined', { ...at4(), ...one }),
    ...breaks('layer-1-fixed-view', 'liveness', 'layer-1-out-of-order-commit', at5()),
    ...breaks('layer-1-fixed-view', 'liveness', 'layer-1-commit-before-proposal', { ...at5(), ...one }),
    ...breaks('layer-1', 'liveness', 'layer-0-unconditional-timer', { ...at5(), ...one }),
    ...breaks('layer-1', 'liveness', 'layer-1-early-message-discarded', { ...at5(), ...one }),
    ...breaks('layer-1', 'liveness', 'layer-1-stale-primary-flag', { ...at5(), ...one }),
    ...breaks('layer-1', 'liveness', 'layer-1-sequence-restart', at5()),
    ...breaks('layer-1', 'liveness', 'layer-1-skipped-sequence', { n: 6, byzantine: [1], ...one }),

    // In layer 1 shorter violations of the same claim hide these five. Here all else is repaired.
    ...breaks('layer-3', 'liveness', 'layer-1-commit-before-proposal', { ...at4(), ...one, ...oneSlot }),
    ...breaks('layer-3', 'liveness', 'layer-1-skipped-sequence', { ...at4(0), ...one, bounds: { views: 1 } }),
    ...breaks('layer-3-leaves-alone', 'liveness', 'layer-0-unconditional-timer', { ...at4(), ...one }),
    ...breaks('layer-3-early-discarded', 'liveness', 'layer-1-early-message-discarded', { ...at4(), ...one }),
    ...breaks('layer-3-numbers-restart', 'liveness', 'layer-1-sequence-restart', { ...at4(), ...one }),
  ],
})
