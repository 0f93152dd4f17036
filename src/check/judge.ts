import {
  type AnyMessage,
  type Claim,
  correctIds,
  type Id,
  type Json,
  nameOf,
  type Outcome,
  type Program,
  type Said,
  type Word,
} from '../model/index.ts'
import { noException } from '../system/index.ts'
import type { Closed } from './closed.ts'
import type { Layout } from './layout.ts'
import type { Edge } from './machine.ts'

/** What a participant has put out so far. */
interface Record {
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  readonly threw: string | null
}

/** What the claims say about an outcome: by index of the claim, broken, or reached for a `sometimes`. */
export type Verdicts = readonly boolean[]

/** Verdicts that are remembered, before all of them are forgotten. */
const MOST_KNOWN = 200_000

/** Judges claims on what participants have put out, which records hold as numbers. */
export class Judge {
  readonly claims: readonly Claim<any>[]
  /** Does some claim look at what was said? */
  readonly readsSoup: boolean
  /** Sayings that a claim looks at, as a row of bits. */
  readonly heeded: Int32Array
  /** Does some claim look at a note like this? */
  readonly notes: (number: number) => boolean
  readonly #program: Program
  readonly #closed: Closed
  readonly #isNote: ReadonlySet<number>
  readonly #records: Record[] = [{ outputs: [], notes: [], threw: null }]
  readonly #numbers = new Map<string, number>()
  readonly #after = new Map<string, number>()
  readonly #known = new Map<string, Verdicts>()

  constructor(program: Program, closed: Closed, claims: readonly Claim<any>[]) {
    this.#program = program
    this.#closed = closed
    this.claims = claims.filter(({ kind }) => kind !== 'liveness')
    this.readsSoup = this.claims.some(({ reads }) => reads.includes('soup'))
    this.heeded = new Int32Array(Math.max(1, Math.ceil(closed.sayings.length / 32)))
    const types = this.claims.flatMap(({ reads, words }) => (reads.includes('soup') ? [words] : []))
    for (const [saying, { message }] of closed.sayings.entries()) {
      const { type } = closed.table.messages.values[message]!
      if (types.some((list) => list === undefined || list.includes(type)))
        this.heeded[saying >> 5]! |= 1 << (saying & 31)
    }
    const keys = this.claims.flatMap(({ reads, notes }) => (reads.includes('notes') ? [notes] : []))
    this.notes = (number) => {
      const { note } = closed.table.outputs.values[number] as unknown as { note: object }
      return keys.some((list) => list === undefined || list.some((key) => Object.hasOwn(note, key)))
    }
    this.#isNote = notesOf(closed)
    this.#numbers.set(keyOf(this.#records[0]!), 0)
  }

  /** The number of what a participant has put out, after one more step. Equal outputs saturate at two. */
  append(before: number, { outputs, threw }: Pick<Edge, 'outputs' | 'threw'>): number {
    if (outputs.length === 0 && threw === null) return before
    const key = `${before} ${outputs.join()} ${threw ?? ''}`
    let after = this.#after.get(key)
    if (after === undefined) {
      const old = this.#records[before]!
      const next = {
        outputs: saturated(
          old.outputs,
          outputs.filter((number) => !this.#isNote.has(number)),
        ),
        notes: saturated(
          old.notes,
          outputs.filter((number) => this.#isNote.has(number)),
        ),
        threw: threw ?? old.threw,
      }
      const text = keyOf(next)
      after = this.#numbers.get(text)
      if (after === undefined) {
        after = this.#records.length
        this.#records.push(next)
        this.#numbers.set(text, after)
      }
      this.#after.set(key, after)
    }
    return after
  }

  /**
   * What the claims say of a record.
   *
   * @param order for each position of the layout, the position of the record whose participant stands there
   * @param moved the position of the participant that has just put something out, and its number before that
   */
  judge(layout: Layout, state: Int32Array, order: readonly number[], moved?: readonly [number, number]): Verdicts {
    let key = this.readsSoup && moved ? `${order.indexOf(moved[0])} ${moved[1]}` : ''
    for (const p of order) key += this.looks(layout, state, p)
    let verdicts = this.#known.get(key)
    if (!verdicts) {
      const puts = order.map((p) => state[p * layout.stride + 1]!)
      verdicts = this.#decide(layout, state, order, puts, this.readsSoup ? moved : undefined)
      if (this.#known.size >= MOST_KNOWN) this.#known.clear()
      this.#known.set(key, verdicts)
    }
    return verdicts
  }

  /** Equal texts for participants that no claim can tell apart by what they have put out and said. */
  looks({ stride, rowWords }: Layout, state: Int32Array, p: number): string {
    let text = `;${state[p * stride + 1]!}`
    if (!this.readsSoup) return text
    for (let r = 0; r < rowWords; r++) text += ` ${state[p * stride + 2 + r]! & this.heeded[r]!}`
    return text
  }

  #decide(
    layout: Layout,
    state: Int32Array,
    order: readonly number[],
    puts: readonly number[],
    moved?: readonly [number, number],
  ): Verdicts {
    const { setting } = this.#program
    const correct = correctIds(setting)
    const before = puts.map((number, i) => (moved && order[i] === moved[0] ? moved[1] : number))
    // Made on demand: many claims look at little of it.
    const said = (old?: readonly number[]): Said<Json>[] => this.#said(layout, correct, puts, old)
    const soup = (): Word[] => (this.readsSoup ? this.#soup(layout, state, order, correct) : [])
    const outcome: Outcome<any> = {
      setting,
      correct,
      get outputs() {
        return said()
      },
      get fresh() {
        return moved ? said(before) : said()
      },
      get soup() {
        return soup()
      },
    }
    return this.claims.map((claim) => {
      if (claim.kind === 'sometimes') return claim.reached(outcome)
      if (claim.name === noException.name) {
        return correct.some((at) => this.#records[puts[layout.ids.indexOf(at)]!]!.threw !== null)
      }
      return claim.kind === 'invariant' && claim.broken(outcome) !== undefined
    })
  }

  /** What a participant has put out, by its number. */
  valuesOf(number: number): { readonly outputs: readonly Json[]; readonly notes: readonly Json[] } {
    const { values } = this.#closed.table.outputs
    const { outputs, notes } = this.#records[number]!
    return {
      outputs: outputs.map((output) => values[output] as Json),
      notes: notes.map((note) => (values[note] as { note: Json }).note),
    }
  }

  /** What claims on outputs see of a record. `order` as for `judge`. */
  outcomeOf(layout: Pick<Layout, 'ids' | 'stride'>, state: Int32Array, order: readonly number[]): Outcome<any> {
    const { setting } = this.#program
    const correct = correctIds(setting)
    const puts = order.map((p) => state[p * layout.stride + 1]!)
    const outputs = this.#said(layout, correct, puts)
    return { setting, correct, outputs, fresh: outputs, soup: [] }
  }

  #said(
    layout: Pick<Layout, 'ids'>,
    correct: readonly Id[],
    puts: readonly number[],
    before?: readonly number[],
  ): Said<Json>[] {
    const value = (number: number): Json => this.#closed.table.outputs.values[number]! as Json
    const list = (kind: 'outputs' | 'notes'): Said<Json>[] =>
      correct.flatMap((at) => {
        const p = layout.ids.indexOf(at)
        const old = before ? this.#records[before[p]!]![kind].length : 0
        return this.#records[puts[p]!]![kind].slice(old).map((number) => ({ at, output: value(number) }))
      })
    return [...list('outputs'), ...list('notes')]
  }

  #soup({ ids, stride }: Layout, state: Int32Array, order: readonly number[], correct: readonly Id[]): Word[] {
    const words: Word[] = []
    for (const [i, p] of order.entries()) {
      if (!correct.includes(ids[i]!)) continue
      for (const [saying, { message }] of this.#closed.sayings.entries()) {
        if ((state[p * stride + 2 + (saying >> 5)]! & this.heeded[saying >> 5]! & (1 << (saying & 31))) === 0) continue
        words.push({ from: ids[i]!, message: this.#closed.table.messages.values[message] as AnyMessage })
      }
    }
    return words
  }

  /** For messages to people. */
  name(p: number, layout: Layout): string {
    return nameOf(layout.ids[p]!, this.#program.setting.n)
  }
}

function notesOf({ participants }: Closed): ReadonlySet<number> {
  const found = new Set<number>()
  for (const { options } of participants) {
    for (const list of options) for (const { notes } of list) for (const note of notes) found.add(note)
  }
  return found
}

function saturated(list: readonly number[], more: readonly number[]): readonly number[] {
  let result = list
  for (const number of more) {
    if (result.filter((other) => other === number).length < 2) result = [...result, number]
  }
  return result
}

function keyOf({ outputs, notes, threw }: Record): string {
  return `${outputs.join()}|${notes.join()}|${threw ?? ''}`
}
