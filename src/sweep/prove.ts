import { check } from '../check/check.ts'
import { whyNoTables } from '../check/reference/reference.ts'
import type { CheckedClaim, SearchProgress } from '../check/result/result.ts'
import { type DistinctSetting, distinctSettings } from '../check/settings/distinct-settings.ts'
import { RenamedClaims } from '../check/settings/renaming.ts'
import { type Claim, type Configuration, program as inSetting, type Protocol, type Setting } from '../model/index.ts'
import { configure } from '../system/index.ts'
import type { Point, Searched } from './cell.ts'
import { settingsAt } from './grid.ts'
import { waysToChoose } from './strata.ts'

/** A violation that an exhaustive search found: the shortest one for its coalition. */
export interface ShortestFound extends Required<Pick<CheckedClaim, 'steps' | 'witness' | 'shortest'>> {
  readonly setting: Setting
}

/** What exhaustive searches say about one claim. */
export interface PointProof {
  readonly searched: readonly Searched[]
  /** Nothing where not all coalitions were searched to the end. */
  readonly verdict: 'holds' | 'violated' | 'vacuous' | undefined
  readonly violation?: ShortestFound
}

/** More choices of coalitions than this are not even listed. */
const MOST_CHOICES = 2_000
/** Where there are no tables, a state costs about this much more. */
const WITHOUT_TABLES = 20
/** Messages of the universe, and local states, that make a search dear before it has begun. */
const MOST_MESSAGES = 250
/** Choices of messages for one question of a rule: all quorums of VIEW-CHANGE messages, say, of which there are many. */
const MOST_ANSWERS = 5_000

/** Times that making the tables may tell how far it is, for the usual number of states: some seconds. */
const MOST_CALLS = 300
export const USUAL_STATES = 20_000

/**
 * Searches a point exhaustively where that is cheap: coalition by coalition, interchangeable ones once, until all
 * claims are broken or the states are used up. Bounds are numbers of states, never time.
 */
export function provePoint(
  protocol: Protocol,
  configuration: Configuration,
  point: Point,
  claims: readonly Claim<any>[],
  guards: readonly Claim<any>[],
  maxStates: number,
): ReadonlyMap<string, PointProof> {
  if (claims.length === 0 || maxStates === 0) return new Map()
  const [first] = settingsAt(protocol, configuration, point)
  const dear = whyNoTables(inSetting(protocol, first!), claims) !== undefined
  return new Search(protocol, claims, guards, dear ? Math.ceil(maxStates / WITHOUT_TABLES) : maxStates).all(
    plan(protocol, configuration, point, claims),
  )
}

interface Plan {
  readonly coalitions: readonly DistinctSetting[]
  /** Do they stand for all there are? */
  readonly complete: boolean
}

/** The coalitions to search: those that runs are made with come first, for what breaks mostly breaks there. */
function plan(protocol: Protocol, configuration: Configuration, point: Point, claims: readonly Claim<any>[]): Plan {
  const strata = settingsAt(protocol, configuration, point)
  if (waysToChoose(point.n, point.b) > MOST_CHOICES) {
    return { coalitions: strata.map((setting) => ({ setting, stands: 1, others: [] })), complete: false }
  }
  const all = configure(protocol, { ...configuration, b: point.b })
  const distinct = distinctSettings(protocol, all, claims)
  const ids = ({ byzantine }: Setting): string => byzantine.join()
  const wanted = strata.map(ids)
  const isFirst = ({ setting, others }: DistinctSetting): boolean =>
    [setting, ...others].some((one) => wanted.includes(ids(one)))
  return { coalitions: [...distinct.filter(isFirst), ...distinct.filter((one) => !isFirst(one))], complete: true }
}

/** How many of the coalitions that a plan begins with are searched whatever they cost. */
const STRATA = 2

class Search {
  readonly #protocol: Protocol
  readonly #claims: readonly Claim<any>[]
  readonly #guards: readonly Claim<any>[]
  readonly #maxStates: number
  readonly #searched = new Map<string, Searched[]>()
  readonly #violations = new Map<string, ShortestFound>()

  constructor(protocol: Protocol, claims: readonly Claim<any>[], guards: readonly Claim<any>[], maxStates: number) {
    this.#protocol = protocol
    this.#claims = claims
    this.#guards = guards
    this.#maxStates = maxStates
    for (const { name } of claims) this.#searched.set(name, [])
  }

  all({ coalitions, complete }: Plan): ReadonlyMap<string, PointProof> {
    const left = [...coalitions]
    let spent = 0
    let i = 0
    for (; i < left.length && this.#open.length > 0; i++) {
      // What was spent on some says what all would cost.
      if (i >= STRATA && (spent / i) * left.length > this.#maxStates) break
      const one = left[i]!
      const { states, minding } = this.#one(one)
      spent += states
      // A claim that minds names: this one stands for itself only.
      if (minding) left.push(...one.others.map((setting) => ({ setting, stands: 1, others: [] })))
    }
    const finished = complete && i === left.length
    return new Map(this.#claims.map(({ name }) => [name, this.#proof(name, finished)]))
  }

  /** Claims of which more is to be known: neither broken, nor too dear. */
  get #open(): readonly Claim<any>[] {
    return this.#claims.filter(({ name }) =>
      this.#searched.get(name)!.every(({ verdict }) => verdict === 'holds' || verdict === 'vacuous'),
    )
  }

  #one({ setting, stands, others }: DistinctSetting): { readonly states: number; readonly minding: boolean } {
    const open = this.#open
    const renamed = new RenamedClaims([...open, ...this.#guards], setting, others)
    const program = inSetting(this.#protocol, setting)
    const limits = { maxStates: this.#maxStates, maxUniverse: MOST_MESSAGES, maxChoices: MOST_ANSWERS }
    const result = check({ program, claims: renamed.claims, ...limits, onProgress: this.#patience() })
    const minding = renamed.minding.length > 0
    const { states } = result
    for (const { name } of open) {
      const { verdict, steps, witness, shortest } = result.claims.find(({ claim }) => claim === name)!
      const { byzantine } = setting
      this.#searched.get(name)!.push({ byzantine, stands: minding ? 1 : stands, states, verdict })
      if (verdict !== 'violated' || this.#violations.has(name)) continue
      this.#violations.set(name, { setting, steps: steps!, witness: witness!, shortest: shortest! })
    }
    return { states, minding }
  }

  /** Gives up where making the tables costs more than searching them may. It counts calls, and never looks at a clock. */
  #patience(): (progress: SearchProgress) => boolean {
    const calls = { universe: 0, closure: 0 }
    const most = Math.ceil((MOST_CALLS * this.#maxStates) / USUAL_STATES)
    return ({ phase }) => (phase === 'universe' || phase === 'closure') && ++calls[phase] > most
  }

  #proof(claim: string, finished: boolean): PointProof {
    const searched = this.#searched.get(claim)!
    const violation = this.#violations.get(claim)
    if (violation) return { searched, verdict: 'violated', violation }
    const verdicts = new Set(searched.map(({ verdict }) => verdict))
    if (!finished || verdicts.has('inconclusive')) return { searched, verdict: undefined }
    return { searched, verdict: verdicts.has('vacuous') ? 'vacuous' : 'holds' }
  }
}
