/**
 * Networks that deliver each message once, searched in one that may hand it over again.
 *
 * Every run of the first is a run of the second, where the same message can always be taken once and never again; so
 * what holds in the second holds in the first, and no violation in the first is shorter than the shortest in the
 * second. A violation found there counts only if it replays in the first. Conditions: nobody keeps an inbox, each type
 * of message has one rule (else an arrival would run several at once), and order does not matter.
 */
import {
  type AnyMessage,
  type Claim,
  HarnessError,
  program as inSetting,
  type Program,
  partAt,
  reachedIn,
  runningIds,
} from '../../model/index.ts'
import { brokenBy, deliversOnce, factsOf, type Step, take } from '../../system/index.ts'
import { searchReference } from '../reference/reference.ts'
import type { CheckedClaim, CheckRequest, CheckResult } from '../result/result.ts'
import type { Confirm } from '../safety/safety.ts'
import type { SearchLimits } from '../safety/search.ts'

/** The program in the wider network, if all conditions hold. */
export function relaxed(program: Program): Program | undefined {
  const { setting, protocol } = program
  if (!deliversOnce(program) || setting.network.fifo || protocol.definition.inbox !== false) return undefined
  const alone = runningIds(setting).every((at) => [...partAt(program, at).byType.values()].every((r) => r.length === 1))
  if (!alone) return undefined
  const network = { ...setting.network, duplicate: true, lose: false }
  // Whoever watches this program watches that one.
  const wider = inSetting(protocol, { ...setting, network, steps: 'lazy' })
  return { ...program, ...wider, vocabulary: program.vocabulary }
}

/** What a search in the wider network, and one for liveness in the narrower, say of the narrower one. */
export function inNarrow({ program, claims }: CheckRequest, wide: CheckResult, live?: CheckResult): CheckResult {
  const byName = (name: string): Claim<any> => claims.find((claim) => claim.name === name)!
  const all = [...wide.claims.map((one) => narrowed(program, byName(one.claim), one)), ...(live?.claims ?? [])]
  const engineWhy = 'searched in a network that may hand over a message again, which allows more'
  return {
    ...wide,
    claims: claims.flatMap(({ name }) => all.filter(({ claim }) => claim === name)),
    states: wide.states + (live?.states ?? 0),
    transitions: wide.transitions + (live?.transitions ?? 0),
    engineWhy: live ? `${engineWhy}; liveness state by state` : engineWhy,
  }
}

function narrowed(program: Program, claim: Claim<any>, checked: CheckedClaim): CheckedClaim {
  if (checked.verdict !== 'violated') return checked
  const steps = arrivals(checked.steps!)
  const way = replayed(program, steps)
  const witness = way && brokenBy(program, [claim], way.system, way.before)[0]?.witness
  if (witness !== undefined) return { ...checked, steps, witness }
  const why = `the shortest violation found, of ${steps.length} steps, delivers a message more often than it was sent; --network duplicate shows it`
  const bound = checked.shortest === 'certified' ? { atLeast: steps.length } : {}
  return { claim: claim.name, verdict: 'inconclusive', why, ...bound }
}

/** States of the narrower network that are looked at for a guard which the wider one reaches in a way of its own. */
const MOST_STATES = 20_000

/** Does the narrower network reach a guard too: in the same way, or in any? */
export function confirmIn(
  program: Program,
  words: readonly AnyMessage[],
  isClosed: boolean,
  limits: SearchLimits,
): Confirm {
  return (guard, steps) => {
    const way = replayed(program, arrivals(steps))
    if (guard.kind !== 'sometimes') throw new HarnessError(`${guard.name} is no guard`)
    if (way && reachedIn(guard, factsOf(program, way.system, way.before))) return 'reached'
    const maxStates = Math.min(limits.maxStates, MOST_STATES)
    const { reached, finished } = searchReference(program, [guard], words, { ...limits, maxStates })
    if (reached.has(guard.name)) return 'reached'
    return finished && isClosed ? 'never' : 'unsure'
  }
}

const arrivals = (steps: readonly Step[]): Step[] =>
  steps.map((step) => ('rule' in step ? { at: step.at, on: step.on } : step))

function replayed(program: Program, steps: readonly Step[]) {
  const { systems, refused } = take(program, steps)
  return refused.length > 0 ? undefined : { system: systems.at(-1)!, before: systems.at(-2) }
}
