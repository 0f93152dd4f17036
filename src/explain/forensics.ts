import { type AnyMessage, program as inSetting, type Program, type Protocol } from '../model/index.ts'
import { candidates, prove, type System, type Used } from '../system/index.ts'
import type { RunView, SentEnvelope } from '../view/run.ts'
import { contradict } from './byzantine-messages.ts'
import type { Conviction } from './explanation.ts'

/** What convicts in a protocol, and in which of its variants it does not, because their own code does it too. */
export interface Law {
  /** Types of which a correct replica says one in each view, round, slot or ballot. */
  readonly once: readonly string[]
  /** Does the second message forget what the first one swears to? */
  readonly forgets?: (earlier: AnyMessage, later: AnyMessage) => boolean
  /** Variants of which nothing is known, or of whose correct replicas it would not be true. */
  readonly except: readonly string[]
}

interface Voted {
  readonly view: number
  readonly slot: number
}
interface Changed {
  readonly view: number
  readonly stable: number
  readonly certificates: readonly Voted[]
}

/** PBFT: who said COMMIT has prepared, and shows a certificate of that view or a later one in every later VIEW-CHANGE. */
function forgetsCommit(earlier: AnyMessage, later: AnyMessage): boolean {
  if (earlier.type !== 'COMMIT' || later.type !== 'VIEW_CHANGE') return false
  const [vote, change] = [earlier as unknown as Voted, later as unknown as Changed]
  if (change.view <= vote.view || change.stable >= vote.slot) return false
  return !change.certificates.some(({ slot, view }) => slot === vote.slot && view >= vote.view)
}

/**
 * By protocol. Only where senders sign is there a law: elsewhere a participant can convince itself at most, and nobody
 * else.
 */
export const LAWS: Readonly<Record<string, Law>> = {
  pbft: {
    once: ['PRE_PREPARE', 'PREPARE', 'COMMIT', 'VIEW_CHANGE', 'NEW_VIEW'],
    forgets: forgetsCommit,
    except: ['no-view-gate', 'vc-omits-prepared', 'lowest-view-certificate'],
  },
}

/** The law of a protocol, as far as it is one of its variant, too. */
export function lawOf({ protocol: { definition, variantName } }: Program): Law | undefined {
  const law = LAWS[definition.name]
  return variantName !== undefined && law?.except.includes(variantName) ? undefined : law
}

/**
 * Senders that the messages in the hands of correct participants prove to be Byzantine: no replica that follows the
 * protocol sends all of these. Nobody is accused by what a correct replica could have sent.
 *
 * @param reference the protocol itself, whose proofs a variant may have dropped
 */
export function convictions(
  run: RunView,
  program: Program,
  reference: Protocol,
  last: System,
  used: readonly Used[],
  law = lawOf(program),
): Conviction[] {
  if (run.setting.auth !== 'signatures') return []
  const held = heldByCorrect(run)
  const pairs = law ? accused(held, law) : []
  return distinct([...pairs, ...unjustified(held, program, reference, last, used)])
}

/** What reached somebody who follows the protocol, and can be shown: nothing that was said to one receiver alone. */
function heldByCorrect({ envelopes, setting, lanes }: RunView): SentEnvelope[] {
  const correct = lanes.filter(({ fault }) => fault === 'correct').map(({ id }) => id)
  const has = ({ arrivals, from }: SentEnvelope): boolean =>
    arrivals.some(({ at }) => correct.includes(at) && at !== from) && from < setting.n
  return envelopes.filter((envelope) => envelope.origin !== 'forged' && has(envelope))
}

/** Senders that said two things of which a law allows one, or forgot what they had said. */
export function accused(held: readonly SentEnvelope[], law: Law): Conviction[] {
  return [...equivocators(held, law), ...amnesiacs(held, law)]
}

function equivocators(held: readonly SentEnvelope[], { once }: Law): Conviction[] {
  return pairsOf(held).flatMap(([one, other]): Conviction[] => {
    if (!once.includes(one.message.type) || !contradict(one, other)) return []
    return [{ of: one.from, crime: 'equivocation', envelopes: [one.id, other.id] }]
  })
}

function amnesiacs(held: readonly SentEnvelope[], { forgets }: Law): Conviction[] {
  if (!forgets) return []
  return pairsOf(held).flatMap(([one, other]): Conviction[] => {
    if (one.from !== other.from) return []
    const pair = forgets(one.message, other.message)
      ? [one, other]
      : forgets(other.message, one.message)
        ? [other, one]
        : undefined
    return pair ? [{ of: one.from, crime: 'amnesia', envelopes: pair.map(({ id }) => id) }] : []
  })
}

function pairsOf(envelopes: readonly SentEnvelope[]): (readonly [SentEnvelope, SentEnvelope])[] {
  return envelopes.flatMap((one, i) => envelopes.slice(i + 1).map((other) => [one, other] as const))
}

/**
 * What its proof in the protocol itself forbids, whatever anybody said in this run. A variant that only dropped the
 * proof runs the same code at correct replicas, which never sends such a thing: `apply` holds them to it.
 */
function unjustified(
  held: readonly SentEnvelope[],
  program: Program,
  reference: Protocol,
  last: System,
  used: readonly Used[],
): Conviction[] {
  if (reference.definition.rules !== program.protocol.definition.rules) return []
  const strict = inSetting(reference, program.setting)
  const said = candidates(last.soup, [
    ...used.map(({ word }) => word),
    ...held.map(({ from, message }) => ({ from, message })),
  ])
  return held.flatMap(({ id, from, message }): Conviction[] => {
    const proof = strict.proofOf(message)
    let isCut = false
    if (!proof || prove(strict, proof, said, () => (isCut = true)) || isCut) return []
    return [{ of: from, crime: 'unjustified', envelopes: [id] }]
  })
}

/** One conviction of each kind for each culprit and each kind of message is enough. */
function distinct(all: readonly Conviction[]): Conviction[] {
  return all.filter(({ of, crime }, i) => all.findIndex((one) => one.of === of && one.crime === crime) === i)
}
