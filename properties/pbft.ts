import {
  type Configuration,
  type Expectation,
  type Id,
  type Invariant,
  invariant,
  type Liveness,
  liveness,
  nameOf,
  type Outcome,
  properties,
} from '../src/model/index.ts'
import { requestNamed, requestsOf } from '../src/protocols/pbft-messages.ts'
import type { Pbft } from '../src/protocols/pbft-rules.ts'
import { accountability } from './accountability.ts'
import { agreement, decided, integrity } from './claims.ts'
import { exactlyOnce, histories, type Output, parting, prefix } from './pbft-histories.ts'
import { pbftLaw } from './pbft-law.ts'
import { pbftVariants } from './variants.ts'

type Seen = Outcome<Output>

const committed = (output: Output) => ('slot' in output ? { slot: output.slot, value: output.digest } : undefined)

/** Notes of one kind, with the replica that made each. */
function notes<T>({ outputs }: Seen, read: (note: Pbft['note']) => T | undefined): (T & { readonly at: Id })[] {
  return outputs.flatMap(({ at, output }) => {
    const found = 'note' in output ? read(output.note) : undefined
    return found ? [{ ...found, at }] : []
  })
}

/** Was this request made: by an input where there are no clients, by its client otherwise? */
function wasMade({ setting, correct, soup }: Seen, name: string): boolean {
  const request = requestNamed(name)
  if (setting.clients === 0) return setting.values.includes(name)
  if (!request || request.client < setting.n || request.client >= setting.n + setting.clients) return false
  if (!correct.includes(request.client)) return true
  return soup.some(({ from, message }) => {
    if (from !== request.client || message.type !== 'REQUEST') return false
    const { operation, timestamp } = message as unknown as typeof request
    return operation === request.operation && timestamp === request.timestamp
  })
}

/** Had some correct replica executed exactly these requests, in this order, at some time? */
const wasTrue = (outcome: Seen, result: readonly string[]): boolean =>
  histories(outcome).some(({ done }) => done.length >= result.length && parting(done, result) === undefined)

const validity: Invariant<Output> = invariant(
  {
    name: 'validity',
    words: ['REQUEST'],
    decidedBy: 1,
    about: 'Only requests that were made are committed, and a client accepts only what a correct replica executed.',
    reads: ['soup'],
  },
  (outcome) => {
    const { n } = outcome.setting
    for (const { at, output } of outcome.fresh) {
      if ('slot' in output) {
        const invented = requestsOf(output.digest).find((name) => !wasMade(outcome, name))
        if (invented !== undefined) return `${nameOf(at, n)} committed ${invented}, which nobody asked for`
      }
      if ('accepted' in output && !wasTrue(outcome, requestsOf(output.result))) {
        return `${nameOf(at, n)} accepted the result ${output.result}, which no correct replica had`
      }
    }
    return undefined
  },
)

const clientAgreement: Invariant<Output> = invariant(
  {
    name: 'client-agreement',
    about: 'Results that correct clients accept come from one order of execution.',
    decidedBy: 2,
  },
  (outcome) => {
    const results = outcome.outputs.flatMap(({ at, output }) =>
      'accepted' in output ? [{ at, result: output.result }] : [],
    )
    for (const [i, one] of results.entries()) {
      const other = results
        .slice(i + 1)
        .find(({ result }) => parting(requestsOf(one.result), requestsOf(result)) !== undefined)
      if (!other) continue
      const { n } = outcome.setting
      return `${nameOf(one.at, n)} accepted ${one.result}, ${nameOf(other.at, n)} accepted ${other.result}`
    }
    return undefined
  },
)

const uniquePrepared: Invariant<Output> = invariant(
  {
    name: 'unique-prepared',
    notes: ['prepared'],
    about: 'No two correct replicas prepare different digests in one view and slot.',
    decidedBy: 2,
    reads: ['notes'],
  },
  (outcome) => {
    const prepared = notes(outcome, (note) => ('prepared' in note ? note.prepared : undefined))
    for (const [i, one] of prepared.entries()) {
      const other = prepared
        .slice(i + 1)
        .find(({ view, slot, digest }) => view === one.view && slot === one.slot && digest !== one.digest)
      if (!other) continue
      const { n } = outcome.setting
      const where = `in view ${one.view}, slot ${one.slot}`
      return `${nameOf(one.at, n)} prepared ${one.digest}, ${nameOf(other.at, n)} prepared ${other.digest} ${where}`
    }
    return undefined
  },
)

const certificateCarried: Invariant<Output> = invariant(
  {
    name: 'certificate-carried',
    notes: ['committed', 'entered'],
    about: 'A new view that a correct replica enters proposes, for each slot, what was committed in an earlier view.',
    decidedBy: 2,
    reads: ['notes'],
  },
  (outcome) => {
    const done = notes(outcome, (note) => ('committed' in note ? note.committed : undefined))
    for (const entered of notes(outcome, (note) => ('entered' in note ? note.entered : undefined))) {
      for (const { at, view, slot, digest } of done) {
        if (view >= entered.view || slot <= entered.stable) continue
        if (entered.preprepares.find((proposal) => proposal.slot === slot)?.digest === digest) continue
        const { n } = outcome.setting
        const who = `${nameOf(at, n)} committed ${digest} in view ${view}, slot ${slot}`
        return `${who}, and ${nameOf(entered.at, n)} entered view ${entered.view}, which does not propose it`
      }
    }
    return undefined
  },
)

const viewCertificate: Invariant<Output> = invariant(
  {
    name: 'view-certificate',
    ...{ words: ['VIEW_CHANGE'], notes: ['entered'] },
    decidedBy: 1,
    about: 'A correct replica enters a view only if 2f + 1 replicas asked for it, correct ones but for b.',
    reads: ['notes', 'soup'],
  },
  (outcome) => {
    const { setting, correct, fresh } = outcome
    if (fresh.length === 0) return undefined
    const { soup } = outcome
    const others = setting.n - correct.filter((id) => id < setting.n).length
    for (const { at, output } of fresh) {
      if (!('note' in output) || !('entered' in output.note)) continue
      const { view } = output.note.entered
      const asked = new Set(
        soup.flatMap(({ from, message }) =>
          message.type === 'VIEW_CHANGE' && 'view' in message && message.view === view ? [from] : [],
        ),
      )
      if (asked.size >= 2 * setting.f + 1 - others) continue
      return `${nameOf(at, setting.n)} entered view ${view}, which ${asked.size} correct replicas asked for`
    }
    return undefined
  },
)

/** Without clients: every input offered at all replicas is executed everywhere. With them: every client is served. */
const live: Liveness<Output> = liveness(
  {
    name: 'liveness',
    about: 'In the canonical healed run, every request of a correct client is accepted, every input executed.',
  },
  (after) => {
    const { n, inputs } = after.setting
    for (const at of after.correct) {
      const due = inputs[at]!.filter((name) => at >= n || inputs.slice(0, n).every((list) => list.includes(name)))
      const done =
        at < n
          ? histories(after).findLast((history) => history.at === at)!.done
          : after.outputs.flatMap(({ at: by, output }) =>
              by === at && 'accepted' in output ? [requestNamed(output.accepted)?.operation] : [],
            )
      const left = due.find((name) => !done.includes(name))
      if (left === undefined) continue
      const missed = at < n ? 'executes' : 'gets the result of'
      return `${nameOf(at, n)} never ${missed} ${left}, though every message of the correct arrives`
    }
    return undefined
  },
)

/** One slot, and two slots with checkpoints. */
const a = (views: number, n = 4, b = 1): Configuration => ({ n, f: 1, b, bounds: { views } })
const inSlots = (views: number, b = 1, slots = 2): Configuration => ({
  n: 4,
  f: 1,
  b,
  bounds: { views, slots, checkpoint: 1, window: slots },
})
const withClient: Configuration = { n: 4, f: 1, b: 1, clients: 1, bounds: { views: 1 } }

const firm = (
  name: string,
  claim: string,
  configuration: Configuration,
  verdict: Expectation['verdict'] = 'violated',
): Expectation => ({ subject: name ? `pbft/${name}` : 'pbft', configuration, claim, verdict, confidence: 'firm' })
const derived = (...row: Parameters<typeof firm>): Expectation => ({ ...firm(...row), confidence: 'derived' })

export const pbftProperties = properties<Pbft>({
  law: pbftLaw,
  variants: pbftVariants,
  claims: [
    agreement(committed),
    integrity(committed),
    validity,
    uniquePrepared,
    certificateCarried,
    viewCertificate,
    prefix,
    exactlyOnce,
    clientAgreement,
    live,
    accountability(agreement(committed), pbftLaw),
    decided(committed),
  ],
  settings: [
    { name: 'over-bound', about: 'Two Byzantine replicas among four.', configuration: a(1, 4, 2) },
    { name: 'checkpoints', about: 'Two slots, a checkpoint after each.', configuration: inSlots(1) },
    { name: 'with-client', about: 'One client asks.', configuration: withClient },
  ],
  expected: [
    ...['agreement', 'integrity', 'validity', 'unique-prepared', 'certificate-carried'].map((claim) =>
      firm('', claim, a(4), 'holds'),
    ),
    derived('', 'view-certificate', a(2), 'holds'),
    ...['prefix', 'exactly-once'].map((claim) => derived('', claim, inSlots(1), 'holds')),
    ...['validity', 'client-agreement'].map((claim) => derived('', claim, withClient, 'holds')),
    derived('', 'accountability', { ...a(1), byzantine: [0, 1] }, 'holds'),
    firm('no-view-gate', 'agreement', a(2)),
    firm('no-view-gate', 'agreement', a(2, 4, 0)),
    firm('commit-2f', 'agreement', a(2)),
    firm('vc-omits-prepared', 'agreement', a(2)),
    firm('new-view-o-unchecked', 'agreement', a(2)),
    firm('new-view-unchecked', 'agreement', a(2)),
    firm('no-new-view', 'agreement', a(2)),
    firm('lowest-view-certificate', 'agreement', a(3)),
    firm('commit-across-views', 'agreement', a(4)),
    firm('prepare-across-views', 'unique-prepared', a(3)),
    firm('prepare-across-views', 'agreement', a(3)),
    firm('digest-blind', 'agreement', a(1)),
    firm('commit-without-prepared', 'agreement', a(1)),
    firm('quorum-2f-plus-1', 'agreement', a(1, 5)),
    firm('quorum-2f-plus-1', 'agreement', a(1, 6)),
    firm('quorum-2f-plus-1', 'agreement', a(4, 6, 0)),
    firm('prepare-2f-minus-1', 'agreement', a(2)),
    firm('vc-unverified-certificates', 'agreement', a(2)),
    firm('client-one-reply', 'validity', withClient),
    derived('no-null-fill', 'liveness', { ...inSlots(2), values: ['a'] }),
    derived('execute-out-of-order', 'prefix', inSlots(1, 0)),
    derived('execute-again', 'exactly-once', inSlots(1)),
    derived('vc-unproved-checkpoint', 'liveness', { ...inSlots(2, 1, 1), values: ['a'] }),
    derived('state-transfer-f', 'prefix', inSlots(1)),
    // Nobody's timer runs for long without a client: there, everybody who is behind leaves the view anyhow.
    derived('no-join', 'liveness', { ...withClient, values: ['a'], bounds: { views: 2 } }),
    derived('no-new-view', 'view-certificate', a(2)),
    { ...firm('', 'agreement', a(1, 4, 2)), defect: 'pbft/over-bound' },
    firm('commit-digest-blind', 'agreement', a(2), 'holds'),
    derived('primary-prepares', 'agreement', a(2), 'holds'),
    derived('checkpoint-f-plus-1', 'agreement', inSlots(1), 'holds'),
    derived('checkpoint-f-plus-1', 'prefix', inSlots(1), 'holds'),
  ],
})
