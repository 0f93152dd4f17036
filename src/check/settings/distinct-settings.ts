/**
 * Choices of Byzantine replicas that differ by renaming only: one of each kind is searched.
 *
 * Proved on tables. The protocol is closed with everybody running it and everybody free to send any message of the
 * universe besides, so that whatever happens under any choice of Byzantine replicas happens there. Two replicas are
 * interchangeable if exchanging their names maps each machine, and the proof of each message, to itself (see
 * symmetry.ts); a choice of Byzantine replicas is then as good as another with as many members of each kind. Wherever
 * that is not shown, all are searched: where messages are for one receiver, where steps are arrivals or rounds, where
 * senders can be forged, where rules look at who is Byzantine, and where the closure is too large. Where votes are kept
 * in the state, the closure is the sparse one, for safety claims only.
 *
 * The healed run goes by ids. So the renaming has to keep the order of those who run the protocol, and of Byzantine
 * replicas; and for a liveness claim no bound may have been hit, because that run goes beyond them.
 */
import { recombined, universe } from '../../adversary/universe.ts'
import {
  type AnyMessage,
  type Claim,
  canonical,
  type Program,
  type Protocol,
  program as programOf,
  type Setting,
  same,
  textOf,
} from '../../model/index.ts'
import { Atoms, type AtomsOptions } from '../../tables/automaton/atoms.ts'
import { Options } from '../../tables/automaton/machine.ts'
import { close } from '../../tables/closure/close.ts'
import { type Closed, TooLarge } from '../../tables/closure/closed.ts'
import { closeSparsely } from '../../tables/counting/close-sparsely.ts'
import { quotient } from '../../tables/passes/quotient.ts'
import { symmetry } from '../../tables/passes/symmetry.ts'
import { whyNoTables } from '../reference/reference.ts'
import { relaxed } from './relaxed.ts'
import { renaming } from './renaming.ts'

/** A setting that stands for itself and for others. */
export interface DistinctSetting {
  readonly setting: Setting
  /** For how many choices of Byzantine replicas, itself included. */
  readonly stands: number
  /** The other ones: what is found in this setting is true of them under other names. */
  readonly others: readonly Setting[]
}

/** What the proof may cost; the searches that it saves cost more. */
const LIMITS = { maxMessages: 1_000, maxCalls: 100_000, maxLocals: 10_000, maxChoices: 20_000 }
/** Beyond these, ids are not in the same order as texts and as numbers, and soups are sorted by texts. */
const MOST_REPLICAS = 10

/** @param stops asked now and then: where it says so, nothing more is proved, and each setting stands for itself */
export function distinctSettings(
  protocol: Protocol,
  settings: readonly Setting[],
  claims: readonly Claim<any>[],
  stops?: () => boolean,
): readonly DistinctSetting[] {
  const kinds = settings.length > 1 ? kindsOf(protocol, settings, claims, stops) : undefined
  const found: { setting: Setting; stands: number; others: Setting[] }[] = []
  for (const setting of settings) {
    const same = kinds && found.find((one) => isRenamed(one.setting, setting, kinds))
    if (!same) found.push({ setting, stands: 1, others: [] })
    else {
      same.stands++
      same.others.push(setting)
    }
  }
  return found
}

/** Does the renaming that keeps the order exchange replicas of one kind only? */
function isRenamed(one: Setting, other: Setting, kinds: readonly number[]): boolean {
  const names = renaming(one, other)
  return names?.every((to, from) => kinds[to] === kinds[from] && mayFail(one, from) === mayFail(one, to)) === true
}

/** What else than to be Byzantine may become of a replica. */
function mayFail({ crash, restart = [] }: Setting, id: number): 'crash' | 'restart' | undefined {
  if (crash.includes(id)) return 'crash'
  return restart.includes(id) ? 'restart' : undefined
}

/** By id: replicas of one number are interchangeable. Nothing where nothing is proved. */
function kindsOf(
  protocol: Protocol,
  settings: readonly Setting[],
  claims: readonly Claim<any>[],
  stops: (() => boolean) | undefined,
): readonly number[] | undefined {
  const [first] = settings
  const { n, clients, auth } = first!
  const alike = ({ byzantine: _, ...rest }: Setting): string => canonical(rest as never)
  if (settings.some((setting) => alike(setting) !== alike(first!))) return undefined
  if (clients > 0 || auth === 'none' || n > MOST_REPLICAS || looksAtByzantine(protocol, first!)) return undefined
  const honest = { ...programOf(protocol, { ...first!, byzantine: [] }), copies: true }
  const isSafety = claims.every(({ kind }) => kind !== 'liveness') && first!.crash.length === 0 && !first!.restart
  const wider = isSafety ? relaxed(honest) : undefined
  // Votes in the state are votes with names, unless they are counted while closing.
  if (!wider && (protocol.definition.inbox === false || whyNoTables(honest, claims))) return undefined
  try {
    return wider ? countedKinds({ ...wider, copies: true }, stops) : closedKinds(honest, claims, stops)
  } catch (error) {
    if (error instanceof TooLarge) return undefined
    throw error
  }
}

function closedKinds(
  honest: Program,
  claims: readonly Claim<any>[],
  onProgress: (() => boolean) | undefined,
): readonly number[] | undefined {
  const limits = { ...LIMITS, ...(onProgress ? { onProgress } : {}), anybodyIsByzantine: true }
  const words = universe(honest, limits)
  if (!words.closed) return undefined
  const closed = close(honest, words.messages, limits)
  if (closed.cut && claims.some(({ kind }) => kind === 'liveness')) return undefined
  return kindsIn(honest, closed, limits)
}

/** The same where votes are kept in the state: closed sparsely, and the universe with it. */
function countedKinds(honest: Program, onProgress: (() => boolean) | undefined): readonly number[] | undefined {
  const limits = { ...LIMITS, ...(onProgress ? { onProgress } : {}), anybodyIsByzantine: true }
  let words: readonly AnyMessage[] = []
  for (;;) {
    const closed = closeSparsely(honest, words, limits)
    const { values } = closed.table.messages
    const said = [...closed.envelopes.map(({ message }) => values[message]!), ...words]
    const wider = recombined(honest, [...new Map(said.map((one) => [textOf(one), one])).values()])
    if (wider.messages.length > LIMITS.maxMessages) return undefined
    if (same(wider.messages, words)) return kindsIn(honest, closed, limits)
    words = wider.messages
  }
}

function kindsIn(honest: Program, closed: Closed, limits: AtomsOptions): readonly number[] | undefined {
  if (closed.envelopes.some(({ to }) => to !== 'all')) return undefined
  const atoms = new Atoms(honest, closed, limits)
  const machines = closed.participants.map((_, p) => quotient(new Options(atoms, closed, p, () => true, true)))
  const kinds = closed.participants.map((_, p) => p)
  for (const group of symmetry(atoms, closed, machines).groups) for (const p of group) kinds[p] = group[0]!
  return kinds
}

/** Do the protocol's rules depend on who is Byzantine? No honest protocol's do. */
function looksAtByzantine({ definition }: Protocol, setting: Setting): boolean {
  let looks = false
  const watched = new Proxy(setting, {
    get(target, name) {
      looks ||= name === 'byzantine'
      return Reflect.get(target, name)
    },
  })
  definition.rules(watched)
  return looks
}
