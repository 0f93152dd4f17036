/** Which outputs break which claims, two at a time: worked out by asking the claims, and remembered. */
import {
  AuthorError,
  type Claim,
  correctIds,
  type Facts,
  type Id,
  type Invariant,
  isDecidedIn,
  isHeeded,
  type Json,
  type Program,
  type Sometimes,
  takesMore,
} from '../../model/index.ts'
import { noException } from '../../system/index.ts'
import type { Closed } from '../closure/closed.ts'

/** Outputs of one participant, in its order. */
export interface Put {
  readonly p: number
  readonly outputs: readonly number[]
}

/** Sets of outputs on which it is tried that a claim is decided by as few as it says. */
const TRIED_AT_ONCE = 16

/** Claims as bits of one word. */
const MOST_CLAIMS = 31

/** Is the claim decided? Nothing where it throws: no run may ever come there, and the claim may count on that. */
function decidedIn(claim: Invariant<any> | Sometimes<any>, facts: Facts): boolean | undefined {
  try {
    return isDecidedIn(claim, facts)
  } catch (error) {
    if (error instanceof AuthorError) return undefined
    throw error
  }
}

export class Conflicts {
  /**
   * Claims that an exception decides; that a fresh output decides, with what was said; that any further output may decide;
   * that nothing is known of.
   */
  readonly byThrowing: number
  readonly byFresh: number
  readonly byAnything: number
  readonly unknown: number
  /** Are there more claims than one word has bits? Then nothing is known of any. */
  readonly isLost: boolean
  readonly #claims: readonly Claim<any>[]
  readonly #program: Program
  readonly #closed: Closed
  readonly #correct: readonly Id[]
  /** By position: those that it may be exchanged with, itself included. */
  readonly #peers: readonly (readonly number[])[]
  /**
   * By participant and output, its number: one for all who can be exchanged. By that, claims that it decides alone, with
   * one of somebody else, or with a later one of the same participant.
   */
  readonly #items: number[][]
  readonly #one: number[] = []
  readonly #two: number[][] = []
  readonly #own: number[][] = []
  readonly #isHeeded: readonly boolean[]
  /** Which sets are tried goes on from one time to the next. */
  #drawn = 1

  /** @param groups positions that can be exchanged: whether outputs conflict must not depend on who has which place */
  constructor(program: Program, closed: Closed, claims: readonly Claim<any>[], groups: readonly (readonly number[])[]) {
    this.#program = program
    this.#closed = closed
    this.#claims = claims
    this.#correct = correctIds(program.setting)
    this.#peers = closed.participants.map((_, p) => groups.find((group) => group.includes(p)) ?? [p])
    this.#items = closed.participants.map(() => [])
    this.#isHeeded = closed.participants.map(({ at }) => this.#correct.includes(at))
    const bits = (is: (claim: Claim<any>) => boolean): number =>
      claims.reduce((mask, claim, index) => (is(claim) ? mask | (1 << index) : mask), 0)
    this.isLost = claims.length > MOST_CLAIMS
    this.byThrowing = bits(({ name }) => name === noException.name)
    const isSaid = ({ reads }: Claim<any>): boolean => reads.includes('soup')
    this.byFresh = bits((claim) => isSaid(claim) && claim.decidedBy !== undefined)
    this.byAnything = bits(
      (claim) => !isSaid(claim) && claim.decidedBy === undefined && claim.name !== noException.name,
    )
    this.unknown = this.isLost ? -1 : bits((claim) => isSaid(claim) && claim.decidedBy === undefined)
  }

  /** Do claims look at what a participant puts out? */
  isHeeded(p: number): boolean {
    return this.#isHeeded[p]!
  }

  /** Claims that are decided by one output. */
  ofOne(p: number, output: number): number {
    const item = this.#item(p, output)
    this.#one[item] ??= this.#mask([{ p, outputs: [output] }])
    return this.#one[item]
  }

  /** Claims that are decided by two outputs; of one participant, in this order. */
  ofTwo(p: number, output: number, q: number, other: number): number {
    const [one, two] = [this.#item(p, output), this.#item(q, other)]
    if (p === q) {
      const later = this.#own[one]!
      later[two] ??= this.#mask([{ p, outputs: [output, other] }])
      return later[two]
    }
    if (one > two) return this.ofTwo(q, other, p, output)
    const others = this.#two[one]!
    others[two] ??= this.#mask([
      { p, outputs: [output] },
      { p: q, outputs: [other] },
    ])
    return others[two]
  }

  #item(p: number, output: number): number {
    const items = this.#items[this.#peers[p]![0]!]!
    let item = items[output]
    if (item === undefined) {
      item = this.#two.length
      items[output] = item
      this.#two.push([])
      this.#own.push([])
    }
    return item
  }

  #mask(puts: readonly Put[]): number {
    return this.#placed(puts).reduce((found, placed) => found | this.#ask(placed), 0)
  }

  /** The same outputs, put out by those who may stand in each place. */
  #placed(puts: readonly Put[]): Put[][] {
    const [first, second] = puts as [Put, Put?]
    return this.#peers[first.p]!.flatMap((p) => {
      const one = { ...first, p }
      if (!second) return [[one]]
      return this.#peers[second.p]!.filter((q) => q !== p).map((q) => [one, { ...second, p: q }])
    })
  }

  /**
   * Holds what claims say of how many outputs decide them against more of them at a time, whether or not a run may come
   * there: where nothing conflicts two at a time, the search would never see three together.
   * @param possible outputs of participants, as far as any may be put out
   * @throws UsageError where it takes more
   */
  assertDeclared(possible: readonly (readonly [p: number, output: number])[]): void {
    if (possible.length === 0) return
    const draw = (below: number): number => {
      this.#drawn = (Math.imul(this.#drawn, 1_103_515_245) + 12_345) & 0x7fff_ffff
      return (this.#drawn >>> 8) % below
    }
    for (const [index, claim] of this.#claims.entries()) {
      if (claim.decidedBy === undefined || claim.kind === 'liveness' || (this.byFresh & (1 << index)) !== 0) continue
      const decides = (puts: readonly (readonly [p: number, output: number])[]): boolean | undefined =>
        decidedIn(claim, this.#factsOf(this.#said(puts.map(([p, output]) => ({ p, outputs: [output] })))))
      for (let i = 0; i < TRIED_AT_ONCE; i++) {
        const size = claim.decidedBy + 1 + (i & 1)
        const puts = Array.from({ length: size }, () => possible[draw(possible.length)]!).sort(([p], [q]) => p - q)
        const pairs = puts.flatMap((one, j) => puts.slice(j + 1).map((two) => [one, two]))
        const few = [...puts.map((one) => [one]), ...(claim.decidedBy === 1 ? [] : pairs)]
        if (decides(puts) && !few.some((some) => decides(some) ?? true)) throw takesMore(claim)
      }
    }
  }

  #said(puts: readonly Put[]): Facts['outputs'] {
    const { participants, table } = this.#closed
    return puts
      .flatMap(({ p, outputs }) =>
        outputs.map((number) => ({ at: participants[p]!.at, output: table.outputs.values[number] as Json })),
      )
      .sort((a, b) => a.at - b.at)
  }

  #factsOf(outputs: Facts['outputs']): Facts {
    const { setting, seen = setting } = this.#program
    return { setting: seen, correct: this.#correct, outputs, fresh: [], soup: [] }
  }

  #ask(puts: readonly Put[]): number {
    const outputs = this.#said(puts)
    const facts = this.#factsOf(outputs)
    let mask = 0
    for (const [index, claim] of this.#claims.entries()) {
      if (claim.kind === 'liveness' || (this.byFresh & (1 << index)) !== 0) continue
      // Fewer outputs than it takes to decide a claim are asked about by themselves.
      if (claim.decidedBy === undefined || claim.decidedBy < outputs.length) continue
      if (!outputs.every(({ output }) => isHeeded(claim, output))) continue
      if (decidedIn(claim, facts) ?? true) mask |= 1 << index
    }
    return mask
  }
}
