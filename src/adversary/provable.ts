import type { AnyMessage, Ask, Proof, Role } from '../model/index.ts'
import { AskTable, choices, isListed, sorted, type Table } from '../system/index.ts'

/** Choices that are tried for one `such`. Fewer lies, never a wrong one, where this is too few. */
const MOST_CHOICES = 2_000

type Compiled =
  | { readonly kind: 'said'; readonly table: AskTable; readonly such?: (chosen: readonly never[]) => boolean }
  | { readonly kind: 'all'; readonly of: readonly Compiled[] }
  | { readonly kind: 'any'; readonly of: readonly Compiled[] }

/** Proofs of messages by number, with their matches as bit masks. Shared by all runs of a setting. */
export class Proofs {
  readonly #table: Table
  readonly #compiled: (Compiled | null)[] = []

  constructor(table: Table) {
    this.#table = table
  }

  of(message: number): Compiled | null {
    let compiled = this.#compiled[message]
    if (compiled === undefined) {
      const proof = this.#table.program.proofOf(this.#table.messages.values[message]!)
      compiled = proof ? this.#compile(proof) : null
      this.#compiled[message] = compiled
    }
    return compiled
  }

  #compile(proof: Proof<AnyMessage>): Compiled {
    if (proof.kind !== 'said') {
      const of = proof.of.map((part) => this.#compile(part))
      return proof.kind === 'all' ? { kind: 'all', of } : { kind: 'any', of }
    }
    const { n, clients } = this.#table.program.setting
    const ask: Ask = { kind: 'need', q: proof.q, match: proof.match, role: proof.role as Role }
    const table = new AskTable(ask, this.#table.messages, n, clients)
    return proof.such ? { kind: 'said', table, such: proof.such as never } : { kind: 'said', table }
  }
}

/**
 * What the coalition of one run can say: a message whose proof holds in what correct participants have said, the
 * coalition counting as having said whatever it can say. A least fixpoint over the messages that the run knows; it
 * only grows.
 */
export class Provable {
  readonly #table: Table
  readonly #proofs: Proofs
  /** Bits of the coalition. */
  readonly #coalition: number
  /** By message: bits of the correct participants who said it to anybody. */
  readonly #said = new Map<number, number>()
  /** Messages that the run knows, in the order in which it met them. */
  readonly #known: number[] = []
  readonly #isKnown = new Set<number>()
  readonly #can = new Map<number, boolean>()
  readonly #asking = new Set<number>()
  readonly #addressed: readonly string[]

  constructor(table: Table, proofs: Proofs, coalition: number) {
    this.#table = table
    this.#proofs = proofs
    this.#coalition = coalition
    this.#addressed = (table.program.protocol.definition.addressed ?? []) as readonly string[]
  }

  /** The run may use this message in proofs from now on. */
  know(message: number): void {
    if (this.#isKnown.has(message)) return
    this.#isKnown.add(message)
    this.#known.push(message)
  }

  /** A correct participant has said something: what could not be proved before may be provable now. */
  said(from: number, message: number): void {
    this.know(message)
    if (this.#addressed.includes(this.#table.messages.values[message]!.type)) return
    const before = this.#said.get(message) ?? 0
    if (before & (1 << from)) return
    this.#said.set(message, before | (1 << from))
    for (const [other, can] of this.#can) if (!can) this.#can.delete(other)
  }

  canSay(message: number): boolean {
    if (this.#coalition === 0 || !isListed(this.#table.program, this.#table.messages.values[message]!)) return false
    const proof = this.#proofs.of(message)
    if (proof === null) return true
    const known = this.#can.get(message)
    if (known !== undefined) return known
    // A message cannot be evidence for itself.
    if (this.#asking.has(message)) return false
    this.#asking.add(message)
    const can = this.#holds(proof)
    this.#asking.delete(message)
    if (can || this.#asking.size === 0) this.#can.set(message, can)
    return can
  }

  #senders(table: AskTable, message: number): number {
    const mask = table.mask(message)
    if (mask === 0) return 0
    const liars = mask & this.#coalition
    const correct = mask & (this.#said.get(message) ?? 0)
    return liars !== 0 && this.canSay(message) ? correct | liars : correct
  }

  #holds(proof: Compiled): boolean {
    if (proof.kind === 'all') return proof.of.every((part) => this.#holds(part))
    if (proof.kind === 'any') return proof.of.some((part) => this.#holds(part))
    const { table, such } = proof
    const { q } = table.ask
    if (!such) {
      let mask = 0
      for (const message of this.#known) mask |= this.#senders(table, message)
      return bits(mask) >= q
    }
    const bySender: number[][] = []
    for (const message of this.#known) {
      let mask = this.#senders(table, message)
      for (let id = 0; mask !== 0; id++, mask >>>= 1) {
        if ((mask & 1) === 0) continue
        bySender[id] ??= []
        bySender[id]!.push(message)
      }
    }
    const lists = bySender.filter((list) => list !== undefined)
    if (lists.length < q) return false
    for (const chosen of choices(lists, q, MOST_CHOICES)) {
      if (such(sorted(chosen.map((number) => this.#table.messages.values[number]!)) as never[])) return true
    }
    return false
  }
}

/** Number of set bits. */
export function bits(mask: number): number {
  let left = mask - ((mask >>> 1) & 0x55555555)
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333)
  return (((left + (left >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
