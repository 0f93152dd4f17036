import { Pairs, SENDERS } from '../../kernel/index.ts'
import { AuthorError, type Claim, type Facts, isDecidedIn, takesMore } from '../../model/index.ts'
import type { ClaimGroup, GroupVerdict, Memory, SeenByClaims } from './claim-group.ts'

/** Outcomes that are all judged as a whole at first, and compared; after them, one of so many is. */
const ALL_WHOLE = 256
const WHOLE_EVERY = 32
/** Pairs that are remembered. */
const MOST_REMEMBERED = 100_000

/** What is decided by what two participants have put out: names of claims. */
type Met = readonly string[]

/**
 * Judges the claims of a group where one participant has just put out more: by what it and each other one have put out,
 * which is known from other runs long before the whole outcome is.
 *
 * Sound because a claim that declares `decidedBy` is broken, or reached, exactly where one of its outputs or two of them
 * break or reach it, and any two are of at most two participants. Only if it does not matter how a claim is broken: the
 * sentence that says so is made from the whole outcome. It switches itself off for groups with a claim that does not
 * declare it, or that looks at what was sent. A share of outcomes is judged as a whole besides, and compared.
 */
export class PairVerdicts {
  readonly #group: ClaimGroup
  readonly #isOff: boolean
  /** By place and view of two participants: where it is known what they reach, or 0 where they have to be judged as a whole. */
  readonly #known = new Pairs()
  readonly #met: Met[] = [[]]
  #size = 0
  readonly #memory: Memory

  constructor(group: ClaimGroup, memory: Memory) {
    const { invariants, sometimes, listens } = group
    this.#group = group
    this.#memory = memory
    this.#isOff = listens || [...invariants, ...sometimes].some(({ decidedBy }) => decidedBy === undefined)
  }

  /** Is an outcome to be judged as a whole besides, or only that way? */
  get isWhole(): boolean {
    if (this.#isOff) return true
    const asked = this.#memory.asked++
    return asked < ALL_WHOLE || asked % WHOLE_EVERY === 0
  }

  /**
   * What the claims say; nothing where it takes the whole outcome to know.
   * @param before what was said when a participant had not put out what it just has
   * @param place that participant's
   * @param facts what claims see of the participants in two places
   */
  verdict(
    seen: SeenByClaims,
    before: GroupVerdict | undefined,
    place: number,
    facts: (one: number, other: number) => Facts,
  ): GroupVerdict | undefined {
    if (this.#isOff || place < 0 || !before) return undefined
    const { views } = seen
    let { met } = before
    for (let other = 0; other < views.length; other++) {
      if (other === place && views.length > 1) continue
      const more = this.#pair(place, views[place]!, other, views[other]!, facts)
      if (!more) return undefined
      for (let i = 0; i < more.length; i++) if (!met.includes(more[i]!)) met = [...met, more[i]!]
    }
    return met.length === 0 ? NOTHING_DECIDED : { violations: [], met, isWhole: false }
  }

  /**
   * Holds what the whole outcome says against what pairs say of it.
   * @throws UsageError where it takes more outputs to decide a claim than it declares
   */
  assertSame(whole: GroupVerdict, byPairs: GroupVerdict | undefined): void {
    if (!byPairs) return
    const isMore = ({ name }: Claim<any>): boolean => whole.met.includes(name) !== byPairs.met.includes(name)
    const more = [...this.#group.invariants, ...this.#group.sometimes].find(isMore)
    if (more) throw takesMore(more)
  }

  #pair(
    place: number,
    view: number,
    other: number,
    otherView: number,
    facts: (one: number, other: number) => Facts,
  ): Met | undefined {
    const [one, two] = [view * SENDERS + place, otherView * SENDERS + other]
    const known = place < other ? this.#known.get(one, two) : this.#known.get(two, one)
    if (known >= 0) return this.#met[known - 1]
    const met = this.#ask(facts(place, other))
    if (++this.#size > MOST_REMEMBERED) {
      this.#size = 1
      this.#known.clear()
    }
    const number = met ? this.#number(met) : -1
    if (place < other) this.#known.set(one, two, number + 1)
    else this.#known.set(two, one, number + 1)
    return met
  }

  #ask(facts: Facts): Met | undefined {
    const { invariants, sometimes } = this.#group
    try {
      return [...sometimes, ...invariants].filter((claim) => isDecidedIn(claim, facts)).map(({ name }) => name)
    } catch (error) {
      // No run may ever put out just that, and the claim may count on it.
      if (error instanceof AuthorError) return undefined
      throw error
    }
  }

  #number(met: Met): number {
    const known = this.#met.findIndex((names) => names.join() === met.join())
    return known >= 0 ? known : this.#met.push(met) - 1
  }
}

const NOTHING_DECIDED: GroupVerdict = { violations: [], met: [], isWhole: true }
