import type { Id } from '../model/index.ts'
import { lowest, Masks, Numbers, SENDERS } from './bits.ts'
import type { Guard, Offering, ProofFormula, Proofs } from './proofs.ts'

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
    for (let i = 0; i < this.#known.length; i++) {
      this.#said.clear(this.#known.values[i]!)
      this.#status.clear(this.#known.values[i]!)
    }
    this.#counted.reset(this.#proofs.guards.length)
    this.#known.clear()
    this.#fresh.clear()
    if (this.#offerings.length > 0) this.#offerings = []
    this.#guards = this.#proofs.guards.length
  }

  /** What was said, and what follows from it, to begin other runs with. */
  save() {
    return {
      said: this.#said.save(),
      status: this.#status.save(),
      counted: this.#counted.save(),
      known: this.#known.save(),
      offerings: [...this.#offerings],
      guards: this.#guards,
    }
  }

  restore({ said, status, counted, known, offerings, guards }: ReturnType<Provable['save']>): void {
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
    if (!guard.table.isMetBy(before | more)) return
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

  #holds(formula: ProofFormula): boolean {
    if (formula.kind === 'guard') return this.#counted.get(formula.guard) < 0 || this.#needsNobody(formula.guard)
    if (formula.kind === 'all') return formula.of.every((part) => this.#holds(part))
    return formula.of.some((part) => this.#holds(part))
  }

  #needsNobody(number: number): boolean {
    const guard = this.#proofs.guards[number]!
    return guard.table.isMetBy(0) && (!guard.such || this.#proofs.isConvinced(guard, guard.nothing!))
  }
}

const KNOWN = 1
const SAYABLE = 2
const ENOUGH = 1 << 31
