import {
  type AnyMessage,
  appended,
  brokenIn,
  byText,
  type Claim,
  correctIds,
  type Facts,
  FEWEST_COUNTED,
  hasKey,
  type Id,
  type Json,
  type Program,
  reachedIn,
  type Said,
  type SentMessage,
  textOf,
} from '../../model/index.ts'
import { noException } from '../../system/index.ts'
import type { Closed } from '../closure/closed.ts'
import type { Layout } from './layout.ts'
import type { GuardedEdge } from './machine.ts'
import { Memo } from './memo.ts'

/** What a participant has output so far. */
interface Record {
  readonly outputs: readonly number[]
  readonly notes: readonly number[]
  readonly threw: string | null
}

/** The verdicts of the claims on an outcome: by index of the claim, broken, or reached for a `sometimes`. */
export type Verdicts = readonly boolean[]

/** Verdicts that are remembered, before all of them are forgotten. */
const MOST_KNOWN = 200_000

/** Judges claims on what participants have output, which records hold as numbers. */
export class RecordJudge {
  readonly claims: readonly Claim<any>[]
  /** Does some claim look at what was sent? */
  readonly readsSoup: boolean
  /** Envelopes that a claim looks at, as a row of bits. */
  readonly heeded: Int32Array
  /** Does some claim look at a note like this? */
  readonly notes: (number: number) => boolean
  /** Envelopes that a claim looks at, by what they send; and by who sends them, each as a word. */
  readonly #inOrder: readonly number[]
  readonly #words: SentMessage[][] = []
  readonly #program: Program
  readonly #closed: Closed
  readonly #isNote: ReadonlySet<number>
  /** Claims, by index, that may be broken by a step that only sends something. */
  readonly #open: Set<number>
  /** Notes that are not kept, by those who may make them. */
  readonly #records: Record[] = [{ outputs: [], notes: [], threw: null }]
  readonly #numbers = new Map<string, number>()
  readonly #after = new Map<string, number>()
  /** Verdicts of claims that read outputs only, by these; and of all, if some read the soup. */
  #byPuts: Memo<Verdicts> | undefined
  #byLooks: Memo<Verdicts> | undefined

  constructor(program: Program, closed: Closed, claims: readonly Claim<any>[]) {
    this.#program = program
    this.#closed = closed
    this.claims = claims.filter(({ kind }) => kind !== 'liveness')
    this.readsSoup = this.claims.some(({ reads }) => reads.includes('soup'))
    this.#open = new Set(this.claims.flatMap(({ reads }, index) => (reads.includes('soup') ? [index] : [])))
    this.heeded = new Int32Array(Math.max(1, Math.ceil(closed.envelopes.length / 32)))
    const types = this.claims.flatMap(({ reads, words }) => (reads.includes('soup') ? [words] : []))
    for (const [envelope, { message }] of closed.envelopes.entries()) {
      const { type } = closed.table.messages.values[message]!
      if (types.some((list) => list === undefined || list.includes(type)))
        this.heeded[envelope >> 5]! |= 1 << (envelope & 31)
    }
    const textOfEnvelope = (envelope: number): string =>
      textOf(closed.table.messages.values[closed.envelopes[envelope]!.message]!)
    this.#inOrder = [...closed.envelopes.keys()]
      .filter((envelope) => (this.heeded[envelope >> 5]! & (1 << (envelope & 31))) !== 0)
      .sort((a, b) => byText(textOfEnvelope(a), textOfEnvelope(b)))
    const keys = this.claims.flatMap(({ reads, notes }) => (reads.includes('notes') ? [notes] : []))
    this.notes = (number) => {
      const { note } = closed.table.outputs.values[number] as unknown as { note: object }
      return keys.some((list) => hasKey(note, list))
    }
    this.#isNote = notesOf(closed)
    this.#numbers.set(keyOf(this.#records[0]!), 0)
  }

  /** The number of what a participant has output, after one more step. */
  append(before: number, { outputs, threw }: Pick<GuardedEdge, 'outputs' | 'threw'>): number {
    if (outputs.length === 0 && threw === null) return before
    const key = `${before} ${outputs.join()} ${threw ?? ''}`
    let after = this.#after.get(key)
    if (after === undefined) {
      const old = this.#records[before]!
      const { counts = FEWEST_COUNTED } = this.#program.setting
      const [notes, others] = [true, false].map((is) => outputs.filter((number) => this.#isNote.has(number) === is))
      const next = {
        outputs: appended(old.outputs, others!, counts),
        notes: appended(old.notes, notes!, counts),
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
   * The verdicts of the claims on a record.
   *
   * @param order for each position of the layout, the position of the record whose participant stands there
   * @param moved the position of the participant that has just made an output, and its number before that
   */
  judge(layout: Layout, state: Int32Array, order: readonly number[], moved?: readonly [number, number]): Verdicts {
    const { stride, rowWords } = layout
    this.#byPuts ??= new Memo(order.length, MOST_KNOWN)
    const puts = this.#byPuts
    for (let i = 0; i < order.length; i++) puts.key[i] = state[order[i]! * stride + 1]!
    const number = puts.number()
    puts.values[number] ??= this.#decide(layout, state, order)
    const known = puts.values[number]
    if (!this.readsSoup) return known
    this.#byLooks ??= new Memo(2 + order.length * (1 + rowWords), MOST_KNOWN)
    const looks = this.#byLooks
    const { key } = looks
    key[0] = moved ? order.indexOf(moved[0]) : -1
    key[1] = moved ? moved[1] : 0
    let next = 2
    for (let i = 0; i < order.length; i++) {
      const at = order[i]! * stride + 1
      key[next++] = state[at]!
      for (let r = 0; r < rowWords; r++) key[next++] = state[at + 1 + r]! & this.heeded[r]!
    }
    const look = looks.number()
    looks.values[look] ??= this.#decide(layout, state, order, known, moved)
    return looks.values[look]
  }

  /**
   * Has participant number `p` sent something that a claim may be broken by? Not where every claim, asked about a step
   * that outputs nothing, has answered before it was shown what was sent: it then says so of every such step.
   */
  heeds({ stride, rowWords }: Layout, before: Int32Array, after: Int32Array, p: number): boolean {
    if (this.#open.size === 0) return false
    for (let r = 0, i = p * stride + 2; r < rowWords; r++, i++) {
      if ((after[i]! & ~before[i]! & this.heeded[r]!) !== 0) return true
    }
    return false
  }

  /** Equal texts for participants that no claim can distinguish by what they have output and sent. */
  looks({ stride, rowWords }: Layout, state: Int32Array, p: number): string {
    let text = `;${state[p * stride + 1]!}`
    if (!this.readsSoup) return text
    for (let r = 0; r < rowWords; r++) text += ` ${state[p * stride + 2 + r]! & this.heeded[r]!}`
    return text
  }

  /** @param known verdicts of claims that read outputs only; they alone are judged where it is absent */
  #decide(
    layout: Layout,
    state: Int32Array,
    order: readonly number[],
    known?: Verdicts,
    moved?: readonly [number, number],
  ): Verdicts {
    const { setting, seen = setting } = this.#program
    const correct = correctIds(setting)
    const puts = order.map((p) => state[p * layout.stride + 1]!)
    const before = puts.map((number, i) => (moved && order[i] === moved[0] ? moved[1] : number))
    // Made on demand: many claims look at little of it.
    const said = (old?: readonly number[]): Said<Json>[] => this.#said(layout, correct, puts, old)
    const soup = (): SentMessage[] => this.#soup(layout, state, order, correct)
    let outputs: Facts['outputs'] | undefined
    let looked = false
    const facts: Facts = {
      setting: seen,
      correct,
      get outputs() {
        looked = true
        outputs ??= said()
        return outputs
      },
      get fresh() {
        return moved ? said(before) : said()
      },
      get soup() {
        looked = true
        return soup()
      },
    }
    const isEnvelope = moved !== undefined && puts[order.indexOf(moved[0])] === moved[1]
    const verdict = (claim: Claim<any>): boolean => {
      if (claim.kind === 'sometimes') return reachedIn(claim, facts)
      if (claim.name === noException.name) {
        return correct.some((at) => this.#records[puts[layout.ids.indexOf(at)]!]!.threw !== null)
      }
      return claim.kind === 'invariant' && brokenIn(claim, facts) !== undefined
    }
    return this.claims.map((claim, index) => {
      if (claim.reads.includes('soup') !== (known !== undefined)) return known?.[index] ?? false
      looked = false
      const said = verdict(claim)
      if (isEnvelope && !looked && !said) this.#open.delete(index)
      return said
    })
  }

  /** What a participant has output, by its number. */
  putsOf(number: number): Record {
    return this.#records[number]!
  }

  /** What claims on outputs see of a record. `order` as for `judge`. */
  factsOf(layout: Pick<Layout, 'ids' | 'stride'>, state: Int32Array, order: readonly number[]): Facts {
    const { setting, seen = setting } = this.#program
    const correct = correctIds(setting)
    const puts = order.map((p) => state[p * layout.stride + 1]!)
    const outputs = this.#said(layout, correct, puts)
    return { setting: seen, correct, outputs, fresh: [], soup: [] }
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

  #soup({ ids, stride }: Layout, state: Int32Array, order: readonly number[], correct: readonly Id[]): SentMessage[] {
    const found: SentMessage[] = []
    for (const [i, p] of order.entries()) {
      const from = ids[i]!
      if (!correct.includes(from)) continue
      this.#words[from] ??= this.#inOrder.map((envelope) => {
        const { message } = this.#closed.envelopes[envelope]!
        return { from, message: this.#closed.table.messages.values[message] as AnyMessage }
      })
      for (const [rank, envelope] of this.#inOrder.entries()) {
        if ((state[p * stride + 2 + (envelope >> 5)]! & (1 << (envelope & 31))) !== 0)
          found.push(this.#words[from][rank]!)
      }
    }
    return found
  }
}

function notesOf({ participants }: Closed): ReadonlySet<number> {
  const found = new Set<number>()
  for (const { options } of participants) {
    for (const list of options) for (const { notes } of list) for (const note of notes) found.add(note)
  }
  return found
}

function keyOf({ outputs, notes, threw }: Record): string {
  return `${outputs.join()}|${notes.join()}|${threw ?? ''}`
}
