/**
 * Search state by state over `enabled` and `apply`: for networks, kinds of steps and protocols that the tables do not
 * cover. Nothing is reduced; equal global states are one.
 */
import { type AnyMessage, type Claim, isLockstep, type Program, range, runningIds, textOf } from '../../model/index.ts'
import {
  apply,
  byArrival,
  coalitionSpeaksAs,
  enabled,
  type Offered,
  type ProvedMessage,
  type System,
  sayableAfter,
  TooManyChoices,
} from '../../system/index.ts'
import type { CheckedClaim } from '../result/result.ts'
import type { SearchLimits } from '../safety/search.ts'
import { type Explored, explore, type StateSpace, type Successor } from './explore.ts'

/** What the tables take for granted, where it is not so: the search then goes state by state over `apply`. */
export function whyNoTables(program: Program, claims: readonly Claim<any>[]): string | undefined {
  if (isLockstep(program.protocol)) return 'in lockstep rounds, that a message is absent is information'
  if (byArrival(program)) return 'here a step is an arrival with all that it triggers'
  const { lose } = program.setting.network
  const asksLiveness = claims.some(({ kind }) => kind === 'liveness')
  if (lose && asksLiveness) return 'a lost message is gone for the healed run'
  const readsSoup = claims.some(({ kind, reads }) => kind === 'liveness' && reads.includes('soup'))
  return readsSoup ? 'a claim about the healed run reads what was sent' : undefined
}

export function searchReference(
  program: Program,
  claims: readonly Claim<any>[],
  words: readonly AnyMessage[],
  limits: SearchLimits,
): Explored {
  return explore(new ReferenceSpace(program, words), claims, limits)
}

/** Everything that can happen where the coalition may send certain messages. */
export class ReferenceSpace implements StateSpace {
  readonly program: Program
  /** What may be sent, under each id that the coalition may use. */
  readonly #spoken: readonly ProvedMessage[]
  readonly #offers = new Map<string, readonly Offered[]>()

  constructor(program: Program, words: readonly AnyMessage[]) {
    this.program = program
    const { n, clients } = program.setting
    const identities = range(n + clients).filter((id) => coalitionSpeaksAs(program, id))
    this.#spoken = words.flatMap((message) => identities.map((from) => ({ from, message })))
  }

  successors(system: System): readonly Successor[] {
    const steps = enabled(this.program, system, this.offered(system), cutIn('take'))
    return steps.map((step) => ({ after: apply(this.program, system, step), step: () => step }))
  }

  /** What the coalition can send now, to whom it likes, with the proofs. */
  offered({ soup }: System): readonly Offered[] {
    const text = soup.map(textOf).join()
    let offered = this.#offers.get(text)
    if (!offered) {
      const words = this.#spoken.length > 0 ? sayableAfter(this.program, soup, cutIn('proof')).among(this.#spoken) : []
      offered = runningIds(this.program.setting).flatMap((to) => words.map((word) => ({ ...word, to })))
      this.#offers.set(text, offered)
    }
    return offered
  }
}

function cutIn(what: string): () => never {
  return () => {
    throw new TooManyChoices(what)
  }
}

/** What a search state by state says of a claim. `open`: why no claim can be reported to hold, if so. */
export function fromReference(claim: string, result: Explored, open: string | undefined): CheckedClaim {
  const violation = result.violations.get(claim)
  if (violation) return { claim, verdict: 'violated', ...violation, shortest: open ?? 'certified' }
  if (result.finished) return open ? { claim, verdict: 'inconclusive', why: open } : { claim, verdict: 'holds' }
  const stopped = result.why ?? 'stopped'
  const why = `${stopped} after ${result.states} states; all schedules of fewer than ${result.depth} steps were looked at`
  return { claim, verdict: 'inconclusive', why }
}
