import type { AnyMessage, Ask, Id, Proof, Role } from '../model/index.ts'
import { AskTable, choices, isListed, sorted, type Table } from '../system/index.ts'
import { bits, lowest, Masks, Numbers, SENDERS } from './bits.ts'

/** Choices that are tried for one `such`. Fewer lies, never a wrong one, where this is too few. */
const MOST_CHOICES = 2_000
/** Choices that are remembered for one `such`. */
const MOST_REMEMBERED = 10_000

type Formula =
  | { readonly kind: 'guard'; readonly guard: number }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Formula[] }

/** Have enough senders said something that matches? */
interface Guard {
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
interface Offering {
  readonly words: readonly number[]
  readonly next: Map<number, Offering>
  /** Does a choice of them convince, if it was asked for? */
  convinces: boolean | undefined
}

/** When the coalition can say a message, as formulas over guards. Shared by all runs; it grows with the messages. */
export class Proofs {
  readonly guards: Guard[] = []
  readonly #table: Table
  readonly #formulas: (Formula | null | undefined)[] = []
  readonly #byKey = new Map<string, number>()
  /** By message: the guards that it matters to, among the first so many. */
  readonly #watching: { readonly guards: number[]; looked: number }[] = []
  readonly #addressed: readonly string[]

  constructor(table: Table) {
    this.#table = table
    this.#addressed = (table.program.protocol.definition.addressed ?? []) as readonly string[]
  }

  /** `null` where the message needs no proof. */
  of(message: number): Formula | null {
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
    if (lists.length < table.ask.q) return false
    for (const chosen of choices(lists, table.ask.q, MOST_CHOICES)) {
      if (such!(sorted(chosen.map((number) => this.#table.messages.values[number]!)) as never[])) return true
    }
    return false
  }

  #compile(proof: Proof<AnyMessage>, message: number): Formula {
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

/**
 * What the coalition of one run can say: a message whose proof holds in what correct participants have said, the
 * coalition counting as having said whatever it can say. A least fixpoint over the messages that the run knows, kept up
 * to date message by message: it only ever grows.
 */
export class Provable {
  readonly #proofs: Proofs
  /** Bits of the coalition. */
  readonly #coalition: number
  /** By message: bits of the correct participants who said it to anybody. */
  readonly #said = new Masks()
  /** By message: 1 if the run knows it, 3 if the coalition can say it too. */
  readonly #status = new Masks()
  readonly #known = new Numbers()
  /** By guard: who has said, or can say, something that counts. Bit 31: there are enough. */
  readonly #counted = new Masks()
  /** By guard that has a condition: what there is to choose from. */
  #offerings: (Offering | undefined)[] = []
  /** Guards that somebody has been counted for; those that come later are counted anew. */
  #guards = 0
  /** Messages that could not be said before, since somebody asked. */
  readonly #fresh = new Numbers()

  constructor(proofs: Proofs, coalition: number) {
    this.#proofs = proofs
    this.#coalition = coalition
  }

  /** Forgets what was said. */
  clear(): void {
    for (const masks of [this.#said, this.#status, this.#counted]) masks.reset()
    this.#known.clear()
    this.#fresh.clear()
    this.#offerings = []
    this.#guards = this.#proofs.guards.length
  }

  save(): Saved {
    return {
      said: this.#said.save(),
      status: this.#status.save(),
      counted: this.#counted.save(),
      known: this.#known.save(),
      offerings: [...this.#offerings],
      guards: this.#guards,
    }
  }

  restore({ said, status, counted, known, offerings, guards }: Saved): void {
    this.#said.restore(said)
    this.#status.restore(status)
    this.#counted.restore(counted)
    this.#known.restore(known)
    this.#fresh.clear()
    this.#offerings = offerings.slice()
    this.#guards = guards
    this.#catchUp()
  }

  /** The run may use this message in proofs from now on. */
  know(message: number): void {
    if (this.#status.get(message) !== 0) return
    this.#status.or(message, KNOWN)
    this.#known.push(message)
    if (this.#coalition === 0 || !this.#proofs.isListed(message)) return
    const formula = this.#proofs.of(message)
    this.#catchUp()
    if (formula === null || this.#holds(formula)) this.#sayable(message)
  }

  /** A correct participant has said something: what could not be proved before may be provable now. */
  said(from: Id, message: number): void {
    this.know(message)
    const bit = 1 << from
    if ((this.#said.get(message) & bit) !== 0 || this.#proofs.isAddressed(message)) return
    this.#said.or(message, bit)
    this.#count(message, bit)
  }

  canSay(message: number): boolean {
    return (this.#status.get(message) & SAYABLE) !== 0
  }

  /** Calls back for each message that has become sayable since the last time. */
  drain(tell: (message: number) => void): void {
    for (let i = 0; i < this.#fresh.length; i++) tell(this.#fresh.values[i]!)
    this.#fresh.clear()
  }

  #sayable(message: number): void {
    this.#status.or(message, SAYABLE)
    this.#fresh.push(message)
    this.#count(message, this.#coalition)
  }

  /** Somebody has said a message, or can say it. */
  #count(message: number, senders: number): void {
    const watching = this.#proofs.watching(message)
    for (let i = 0; i < watching.length; i++) this.#add(watching[i]!, message, senders)
  }

  #add(number: number, message: number, senders: number): void {
    const before = this.#counted.get(number)
    if (before < 0) return
    const guard = this.#proofs.guards[number]!
    const more = guard.table.mask(message) & senders
    if (more === 0) return
    this.#counted.or(number, more)
    if (guard.nothing) this.#offer(number, guard, message, more)
    if (bits(before | more) < guard.table.ask.q) return
    if (guard.nothing && !this.#proofs.isConvinced(guard, this.#offerings[number]!)) return
    this.#counted.or(number, ENOUGH)
    for (const proved of guard.proves) {
      if (this.#status.get(proved) === KNOWN && this.#proofs.isListed(proved)) {
        if (this.#holds(this.#proofs.of(proved)!)) this.#sayable(proved)
      }
    }
  }

  #offer(number: number, guard: Guard, message: number, senders: number): void {
    let offering = this.#offerings[number] ?? guard.nothing!
    for (let left = senders; left !== 0; left &= left - 1) {
      offering = this.#proofs.offering(guard, offering, message * SENDERS + lowest(left))
    }
    this.#offerings[number] = offering
  }

  /** Counts what was said before a guard was there. */
  #catchUp(): void {
    for (; this.#guards < this.#proofs.guards.length; this.#guards++) {
      for (const message of this.#known) {
        const senders = this.#said.get(message) | (this.canSay(message) ? this.#coalition : 0)
        if (senders !== 0) this.#add(this.#guards, message, senders)
      }
    }
  }

  #holds(formula: Formula): boolean {
    if (formula.kind === 'guard') return this.#counted.get(formula.guard) < 0 || this.#needsNobody(formula.guard)
    if (formula.kind === 'all') return formula.of.every((part) => this.#holds(part))
    return formula.of.some((part) => this.#holds(part))
  }

  #needsNobody(number: number): boolean {
    const guard = this.#proofs.guards[number]!
    return guard.table.ask.q === 0 && (!guard.such || this.#proofs.isConvinced(guard, guard.nothing!))
  }
}

/** What was said, and what follows from it, to begin other runs with. */
interface Saved {
  readonly said: Int32Array
  readonly status: Int32Array
  readonly counted: Int32Array
  readonly known: Int32Array
  readonly offerings: readonly (Offering | undefined)[]
  readonly guards: number
}

const KNOWN = 1
const SAYABLE = 2
const ENOUGH = 1 << 31
