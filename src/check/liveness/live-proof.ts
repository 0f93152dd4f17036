/**
 * Proves liveness claims, and no more, in a search where it is not told apart which messages of the coalition were
 * used, or only of some of them; and where silent steps are postponed (live-moves.ts).
 *
 * A state of the search step by step is one r that is looked at here, silent steps that are possible in r, and for each
 * participant a set of words that it has used. In it are the words that are noted in r, and others: of those that steps
 * on a way to its local state in the tables rest on, such as the coalition can say in r; for what it can say, it can say
 * for ever. So judged are all healed runs from r and from where silent steps lead, with any such words in the inboxes.
 * Where all keep the claim, it holds. Where one does not, that run may be one of no schedule, and nothing is known.
 */
import { Healer, type IsElsewhere, type Word } from '../../kernel/healed/index.ts'
import { brokenAfter, type Facts, holdsAnyhow, type Liveness, remembered, UsageError } from '../../model/index.ts'
import { States } from '../../tables/automaton/states.ts'
import { arrangements } from '../../tables/passes/symmetry.ts'
import { HealedSteps } from './healed-steps.ts'
import type { LiveClasses } from './live-classes.ts'
import { LiveMoves, type PossibleMoves, textOfTold } from './live-moves.ts'
import { type LivenessOptions, LiveSpace } from './live-space.ts'
import { RecoveryStarts } from './recovery-starts.ts'
import { renamedEnd } from './renamed-end.ts'
import { WordsBehind } from './words-behind.ts'
import { NOTHING_NEEDED, WordsNeeded } from './words-needed.ts'

/** Arrangements of one state that are judged one by one. */
const MOST_ARRANGED = 24

/** Are sorted participants so few that each arrangement of a state can be judged? */
export function canJudgeAll({ groups }: LiveClasses): boolean {
  const orders = groups.flatMap((group) => group.map((_, i) => i + 1))
  return orders.reduce((product, factor) => product * factor, 1) <= MOST_ARRANGED
}

export class LivenessProof {
  readonly #options: LivenessOptions
  readonly #space: LiveSpace
  readonly #states: States
  readonly #moves: LiveMoves
  readonly #starts = new Map<string, RecoveryStarts>()
  /** By message of the coalition: the bit that says that it is proved, or nothing where it needs no proof. */
  readonly #provable: ReadonlyMap<number, number>
  /** By claim, and by what was put out before and after: does it hold? */
  readonly #known = new Map<Liveness<any>, Map<Facts, Map<object, boolean>>>()
  /** By claim, and by what each participant put out before and after: does it hold in every arrangement? */
  readonly #arranged = new Map<Liveness<any>, Map<string, boolean>>()
  readonly #behind: WordsBehind
  readonly #needed: WordsNeeded
  /** By state, and by participant, or for all where what one has is told to all: what must have been used, by number. */
  readonly #neededIn: (readonly number[])[] = []
  readonly #isElsewhere: IsElsewhere | undefined
  /** Is what one has used told to all? */
  readonly #isTold: boolean
  readonly #holders: readonly number[]
  readonly #outcomes = new Map<string, Facts>()
  /** Names of claims that are not proved. */
  readonly mayBreak = new Set<string>()
  transitions = 0
  depth = 0

  /** @param told are words of the coalition told apart that trigger a rule of which nobody else's would do? */
  constructor(options: LivenessOptions, classes: LiveClasses, told: boolean) {
    const { program, closed, atoms, merges, postpones } = options
    this.#options = options
    this.#space = new LiveSpace(program, closed, atoms, classes, true)
    this.#states = new States(this.#space.words)
    this.#behind = new WordsBehind(program, closed, classes, told)
    // Where something is forgotten, a state does not show how many have said a word.
    this.#needed = new WordsNeeded(atoms, this.#space, merges ? [] : this.#behind.words)
    this.#moves = new LiveMoves(this.#space, this.#behind, this.#needed, postpones)
    if (!merges) {
      const steps = new HealedSteps(closed)
      this.#isElsewhere = (firing) => steps.has(firing)
    }
    this.#isTold = program.setting.network.gossip
    this.#holders = this.#isTold ? [0] : atoms.ids.map((_, p) => p)
    this.#provable = new Map(atoms.provable.map(({ message }, index) => [message, index]))
  }

  get states(): number {
    return this.#states.count
  }

  /** Says whether it came to an end. */
  run(): boolean {
    const { claims, limits } = this.#options
    const initial = this.#space.initial()
    this.#space.canonical(initial)
    this.#states.add(initial)
    this.#neededIn.push(this.#holders.map(() => NOTHING_NEEDED))
    for (let level = new Set([0]); level.size > 0; this.depth++) {
      const next = new Set<number>()
      for (const number of level) {
        const state = this.#states.at(number).slice()
        const possible = this.#space.places.ids.map((_, p) => this.#moves.of(state, p))
        for (const claim of claims) {
          if (claim.kind !== 'liveness' || this.mayBreak.has(claim.name)) continue
          if (!this.#isSeenToHold(claim, state, possible, this.#neededIn[number]!)) this.mayBreak.add(claim.name)
        }
        if (this.mayBreak.size === claims.length) return true
        if (limits.onProgress?.(this.#states.count, level.size, this.depth) === true) return false
        if (this.#states.count > limits.maxStates) return false
        this.#expand(number, state, possible, next)
      }
      level = next
    }
    return true
  }

  /** Looked at next are states that are new; and those of which less is known than it seemed. */
  #expand(number: number, state: Int32Array, possible: readonly PossibleMoves[], next: Set<number>): void {
    const before = this.#neededIn[number]!
    for (const [p, { moves }] of possible.entries()) {
      for (const { option, told, target, needed } of moves) {
        const after = this.#space.after(state, p, option, target, told ? [told] : [], textOfTold(told))
        const order = this.#space.places.ids.map((_, q) => q)
        this.#space.canonical(after, order)
        const known = this.#states.count
        const reached = this.#states.add(after)
        if (reached !== number) this.transitions++
        const taken = this.#holders.map((h) =>
          h === p || this.#isTold ? this.#needed.both(before[h]!, needed) : before[h]!,
        )
        const sorted = this.#isTold ? taken : order.map((q) => taken[q]!)
        const seemed = reached < known ? this.#neededIn[reached]! : sorted
        this.#neededIn[reached] = seemed.map((one, h) => this.#needed.either(one, sorted[h]!))
        if (reached >= known || this.#neededIn[reached].some((one, h) => one !== seemed[h])) next.add(reached)
      }
    }
  }

  /** A healed run that nobody has seen may have no end: then nothing is proved. */
  #isSeenToHold(
    claim: Liveness<any>,
    state: Int32Array,
    possible: readonly PossibleMoves[],
    needed: readonly number[],
  ): boolean {
    try {
      return this.#holds(claim, state, possible, needed)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      return false
    }
  }

  #holds(
    claim: Liveness<any>,
    state: Int32Array,
    possible: readonly PossibleMoves[],
    needed: readonly number[],
  ): boolean {
    const { stride, ids, sayable } = this.#space.places
    const starts = this.#startsOf(claim)
    const canSay = (word: Word): boolean => {
      const index = this.#provable.get(word.message)
      if (index === undefined || !this.#behind.needsProof(word)) return true
      return (state[sayable + (index >> 5)]! & (1 << (index & 31))) !== 0
    }
    const silently = possible.map((one) => [...one.silently.keys()])
    const used = possible.map(() => new Map<Word, boolean | undefined>())
    const hasUsed = (p: number, word: Word): boolean | undefined => remembered(used[p]!, word, () => isUsed(p, word))
    const isUsed = (p: number, word: Word): boolean | undefined => {
      const noted = this.#space.used.values[state[(p + 1) * stride - 1]!]!
      if (noted.some(({ message, from }) => message === word.message && from === word.from)) return true
      return canSay(word) && silently[p]!.some((one) => this.#behind.mayBehind(p, one, word)) ? undefined : false
    }
    // Those whose records are equal may still differ in what they must have used.
    const looks = (p: number): string =>
      `${state.subarray(p * stride, (p + 1) * stride).join()} ${needed[this.#isTold ? 0 : p]}`
    const starting = possible.map((one, p) =>
      [...one.silently].map(([here, more]) => {
        const all = this.#needed.both(needed[this.#isTold ? 0 : p]!, more)
        return { here, needed: this.#needed.in(all) }
      }),
    )
    const isAlone = (before: Facts): boolean =>
      remembered(this.#knownOf(claim, before), NOTHING, () => holdsAnyhow(claim, before))
    // What comes later ends in the same way; but it is another state that is before it.
    const isElsewhere = claim.reads.includes('before') ? undefined : this.#isElsewhere
    const always = (order: readonly number[], holds: (end: Facts) => boolean): boolean =>
      starts.always(state, order, starting, hasUsed, holds, isElsewhere)
    const renamed = isElsewhere ? undefined : this.#holdsRenamed(claim, state, isAlone, always)
    if (renamed !== undefined) return renamed
    return arrangements(this.#space.classes.groups, ids.length, looks).every((order) => {
      const before = this.#before(state, order)
      const known = this.#knownOf(claim, before)
      const holds = (after: Facts): boolean =>
        remembered(known, after, () => brokenAfter(claim, { ...before, outputs: after.outputs }, before) === undefined)
      return isAlone(before) || always(order, holds)
    })
  }

  /**
   * Does the claim hold in all arrangements of a state, as far as one of them shows it? Nothing where the order of firings
   * makes a difference, and where healed runs, which know no bounds, go where nobody has seen that participants are alike.
   */
  #holdsRenamed(
    claim: Liveness<any>,
    state: Int32Array,
    isAlone: (before: Facts) => boolean,
    always: (order: readonly number[], holds: (end: Facts) => boolean) => boolean,
  ): boolean | undefined {
    const { groups } = this.#space.classes
    if (groups.length === 0 || this.#options.closed.cut) return undefined
    const { ids, stride } = this.#space.places
    const { healer } = this.#startsOf(claim)
    const arranged = remembered(this.#arranged, claim, newMap)
    const everywhere = (texts: readonly string[], holds: (order: readonly number[]) => boolean): boolean =>
      remembered(arranged, texts.join(), () => arrangements(groups, ids.length, (p) => texts[p]!).every(holds))
    const putsBefore = ids.map((_, p) => `${state[p * stride + 1]}`)
    if (everywhere(putsBefore, (order) => isAlone(this.#before(state, order)))) return true
    let isDeterminate = true
    const holds = always(
      ids.map((_, p) => p),
      () => {
        isDeterminate &&= healer.isDeterminate()
        if (!isDeterminate) return false
        const puts = new Map(ids.map((id) => [id, healer.puts(id)]))
        const both = putsBefore.map((text, p) => `${text} ${healer.putsKey(ids[p]!)}`)
        return everywhere(both, (order) => {
          const before = this.#before(state, order)
          return brokenAfter(claim, renamedEnd(before, ids, order, puts), before) === undefined
        })
      },
    )
    return isDeterminate ? holds : undefined
  }

  #knownOf(claim: Liveness<any>, before: Facts): Map<object, boolean> {
    return remembered(remembered(this.#known, claim, newMap), before, newMap)
  }

  #startsOf({ healing }: Liveness<any>): RecoveryStarts {
    return remembered(this.#starts, healing, () => {
      const { program, closed } = this.#options
      const healer = new Healer(program, healing, closed.table, this.#behind.words)
      return new RecoveryStarts(closed, this.#space.classes, this.#space.places, this.#space.puts, healer)
    })
  }

  #before(state: Int32Array, order: readonly number[]): Facts {
    const { stride } = this.#space.places
    const key = order.map((p) => state[p * stride + 1]).join()
    return remembered(this.#outcomes, key, () => this.#space.puts.factsOf(this.#space.places, state, order))
  }
}

/** Stands for an outcome that a claim does not look at. */
const NOTHING = {}
const newMap = <K, V>(): Map<K, V> => new Map()
