import { type AnyMessage, type Ask, headsOf, type Proof, type Role } from '../model/index.ts'
import { AskTable, choices, isListed, sorted, type Table } from '../system/index.ts'
import { SENDERS } from './bits.ts'

/** Choices that are tried for one `such`. Fewer Byzantine messages, never a wrong one, where this is too few. */
const MOST_CHOICES = 2_000
/** Choices that are remembered for one `such`. */
const MOST_REMEMBERED = 10_000

export type ProofFormula =
  | { readonly kind: 'guard'; readonly guard: number }
  | { readonly kind: 'all' | 'any'; readonly of: readonly ProofFormula[] }

/** Have enough senders said something that matches? */
export interface Guard {
  readonly table: AskTable
  readonly such: ((chosen: readonly never[]) => boolean) | undefined
  /** Messages whose proofs it is part of. */
  readonly proves: number[]
  /** What there is to choose from before anybody has said anything; nothing where any choice will do. */
  nothing: Offering | undefined
  /** By its messages, what there may be to choose from. */
  readonly offerings: Map<string, Offering>
}

/** Messages to choose from, each with its sender as one number. The same object wherever they are the same. */
export interface Offering {
  readonly words: readonly number[]
  readonly next: Map<number, Offering>
  /** Does a choice of them convince, if it was asked for? */
  convinces: boolean | undefined
}

/** When the coalition can say a message, as formulas over guards. Shared by all runs; it grows with the messages. */
export class Proofs {
  readonly guards: Guard[] = []
  readonly #table: Table
  readonly #formulas: (ProofFormula | null | undefined)[] = []
  readonly #byKey = new Map<string, number>()
  /** By message: the guards that it matters to, among the first so many. */
  readonly #watching: { readonly guards: number[]; looked: number }[] = []
  readonly #addressed: readonly string[]

  constructor(table: Table) {
    this.#table = table
    this.#addressed = (table.program.protocol.definition.addressed ?? []) as readonly string[]
  }

  /** `null` where the message needs no proof. */
  of(message: number): ProofFormula | null {
    let formula = this.#formulas[message]
    if (formula === undefined) {
      const proof = this.#table.program.proofOf(this.#table.messages.values[message]!)
      formula = proof ? this.#compile(proof, message) : null
      this.#formulas[message] = formula
    }
    return formula
  }

  /** Guards for which the message counts. */
  watching(message: number): readonly number[] {
    this.#watching[message] ??= { guards: [], looked: 0 }
    const watching = this.#watching[message]!
    for (; watching.looked < this.guards.length; watching.looked++) {
      if (this.guards[watching.looked]!.table.mask(message) !== 0) watching.guards.push(watching.looked)
    }
    return watching.guards
  }

  /** Does what is said to somebody convince nobody else? */
  isAddressed(message: number): boolean {
    return this.#addressed.length > 0 && this.#addressed.includes(this.#table.messages.values[message]!.type)
  }

  isListed(message: number): boolean {
    return isListed(this.#table.program, this.#table.messages.values[message]!)
  }

  /** What there is to choose from once this is said, too. */
  offering(guard: Guard, before: Offering, word: number): Offering {
    let next = before.next.get(word)
    if (!next) {
      next = before.words.includes(word)
        ? before
        : this.#offering(
            guard,
            [...before.words, word].sort((a, b) => a - b),
          )
      before.next.set(word, next)
    }
    return next
  }

  #offering(guard: Guard, words: readonly number[]): Offering {
    const key = words.join()
    let known = guard.offerings.get(key)
    if (!known) {
      if (guard.offerings.size >= MOST_REMEMBERED) {
        guard.offerings.clear()
        guard.nothing!.next.clear()
      }
      known = { words, next: new Map(), convinces: undefined }
      guard.offerings.set(key, known)
    }
    return known
  }

  /** Is there a choice of messages that convinces, one each of enough senders? */
  isConvinced(guard: Guard, offering: Offering): boolean {
    offering.convinces ??= this.#convinces(guard, offering)
    return offering.convinces
  }

  #convinces({ table, such }: Guard, { words }: Offering): boolean {
    const bySender: number[][] = []
    for (const word of words) {
      const from = word % SENDERS
      bySender[from] ??= []
      bySender[from]!.push(Math.floor(word / SENDERS))
    }
    const lists = bySender.filter((list) => list !== undefined)
    const q = headsOf(table.ask.q)
    if (lists.length < q) return false
    for (const chosen of choices(lists, q, MOST_CHOICES)) {
      if (such!(sorted(chosen.map((number) => this.#table.messages.values[number]!)) as never[])) return true
    }
    return false
  }

  #compile(proof: Proof<AnyMessage>, message: number): ProofFormula {
    if (proof.kind !== 'said') return { kind: proof.kind, of: proof.of.map((part) => this.#compile(part, message)) }
    const { q, match, role, such } = proof
    const key = match.key && !such ? `${q} ${role} ${match.key}` : undefined
    let guard = key === undefined ? undefined : this.#byKey.get(key)
    if (guard === undefined) {
      const { n, clients } = this.#table.program.setting
      const ask: Ask = { kind: 'need', q, match, role: role as Role }
      const table = new AskTable(ask, this.#table.messages, n, clients)
      const nothing = such && { words: [], next: new Map(), convinces: undefined }
      guard = this.guards.push({ table, such: such as never, proves: [], nothing, offerings: new Map() }) - 1
      if (key !== undefined) this.#byKey.set(key, guard)
    }
    this.guards[guard]!.proves.push(message)
    return { kind: 'guard', guard }
  }
}
