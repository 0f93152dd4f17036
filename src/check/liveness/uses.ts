/** What a participant can do in a state, told apart by the messages of the coalition that it uses. */
import { firstEnough, headsOf, type Id, isMetBy, type Program } from '../../model/index.ts'
import { coalitionSpeaksAs } from '../../system/index.ts'
import type { Atoms } from '../../tables/automaton/atoms.ts'
import { Evaluator, type RecordLayout } from '../../tables/automaton/evaluate.ts'
import { Options } from '../../tables/automaton/machine.ts'
import { choicesAmong, idsIn } from '../../tables/closure/choices.ts'
import { ANYBODY, type Closed, type Option } from '../../tables/closure/closed.ts'

/** A word as numbers of the closure. */
export interface Numbered {
  readonly from: Id
  readonly message: number
}

/** A step of one participant, and the coalition's messages that it uses. */
export interface Use {
  readonly p: number
  readonly option: Option
  readonly on: Numbered | undefined
  readonly evidence: readonly Numbered[]
  readonly words: readonly Numbered[]
  /** Equal texts for equal words. */
  readonly key: string
  /** Does it leave the local state as it is? Then it is a step only where it says or puts out something new. */
  readonly stays: boolean
}

/** Steps that are remembered, before all of them are forgotten. */
const MOST_KNOWN = 100_000

export class Uses {
  readonly #closed: Closed
  readonly #atoms: Atoms
  readonly #places: RecordLayout
  readonly #evaluator: Evaluator
  readonly #options: readonly Options[]
  readonly #enabling = new Map<Option, readonly number[]>()
  readonly #identities: number
  readonly #known = new Map<string, readonly Use[]>()
  readonly #rows: Int32Array[][]

  constructor(program: Program, closed: Closed, atoms: Atoms, places: RecordLayout) {
    this.#closed = closed
    this.#atoms = atoms
    this.#places = places
    this.#evaluator = new Evaluator(atoms.list, places)
    this.#rows = places.ids.map(() => [])
    this.#options = closed.participants.map((_, p) => new Options(atoms, closed, p, () => true))
    const { n, clients } = program.setting
    this.#identities = Array.from({ length: n + clients }, (_, id) => id)
      .filter((id) => coalitionSpeaksAs(program, id))
      .reduce((mask, id) => mask | (1 << id), 0)
  }

  /** Every step of a participant, with every choice of words that leaves it with something else. */
  of(state: Int32Array, p: number, local: number): readonly Use[] {
    const key = this.#keyOf(state, p, local)
    let uses = this.#known.get(key)
    if (!uses) {
      uses = [...this.#found(state, p, local)]
      if (this.#known.size >= MOST_KNOWN) this.#known.clear()
      this.#known.set(key, uses)
    }
    return uses
  }

  /** What the steps of a participant depend on: where it is, and what it looks at of what was said. */
  #keyOf(state: Int32Array, p: number, local: number): string {
    const { ids, stride, rowWords, sayable } = this.#places
    const rows = this.#rowsSeen(p, local)
    let key = `${p} ${local}`
    for (let q = 0, at = 0; q < ids.length; q++) {
      for (let r = 0; r < rowWords; r++, at++) key += ` ${state[q * stride + 2 + r]! & rows[at]!}`
    }
    for (let i = sayable; i < state.length; i++) key += ` ${state[i]}`
    return key
  }

  /** By position and word of a row: the envelopes that triggers and questions in a local state look at. */
  #rowsSeen(p: number, local: number): Int32Array {
    let rows = this.#rows[p]![local]
    if (!rows) {
      rows = new Int32Array(this.#places.ids.length * this.#places.rowWords)
      for (const { trigger, conditions } of this.#closed.participants[p]!.options[local]!) {
        const seen = trigger ? [this.#atoms.sendersOf(p, trigger.message, false)] : []
        for (const { ask } of conditions) {
          for (const message of ask.matching()) seen.push(this.#atoms.sendersOf(p, message, true))
        }
        for (const one of seen) for (let i = 0; i < rows.length; i++) rows[i]! |= one.rows[i]!
      }
      this.#rows[p]![local] = rows
    }
    return rows
  }

  /** The steps that a participant can take, whichever words of the coalition they use. */
  *anyhow(state: Int32Array, p: number, local: number): Generator<Option> {
    for (const option of this.#closed.participants[p]!.options[local]!) {
      if (this.#isEnabled(state, p, option)) yield option
    }
  }

  *#found(state: Int32Array, p: number, local: number): Generator<Use> {
    const found = new Set<string>()
    for (const [index, option] of this.#closed.participants[p]!.options[local]!.entries()) {
      if (!this.#isEnabled(state, p, option)) continue
      for (const on of this.#triggers(state, p, option)) {
        const evidence = this.#evidence(state, p, option, on)
        if (!evidence) continue
        const words = [...(on ? [on] : []), ...evidence].filter(({ from }) => this.#isIdentity(from))
        const key = words
          .map((word) => `${word.from}.${word.message}`)
          .sort()
          .join()
        const does = `${option.event.kind === 'message' ? option.target : index} ${option.says} ${option.outputs} ${option.notes} ${key}`
        if (found.has(does)) continue
        found.add(does)
        yield { p, option, on, evidence, words, key, stays: option.target === local }
      }
    }
  }

  #isEnabled(state: Int32Array, p: number, option: Option): boolean {
    let atoms = this.#enabling.get(option)
    if (!atoms) {
      const options = this.#options[p]!
      atoms = options.atoms(options.conditions(option), [option.trigger])
      this.#enabling.set(option, atoms)
    }
    return atoms.every((atom) => this.#evaluator.holds(atom, state))
  }

  /** Who has said a message where a participant can get it, or can say it for the coalition. */
  #senders(state: Int32Array, p: number, message: number, evidence: boolean): number {
    return this.#evaluator.senders(this.#atoms.sendersOf(p, message, evidence), state)
  }

  *#triggers(state: Int32Array, p: number, { trigger }: Option): Generator<Numbered | undefined> {
    if (!trigger) {
      yield undefined
      return
    }
    const { message, from } = trigger
    const senders = this.#senders(state, p, message, false)
    const allowed = from === ANYBODY ? senders : senders & (1 << from)
    // Messages of the correct leave no trace, so the first of them stands for all.
    const correct = idsIn(allowed & ~this.#identities)
    if (correct[0] !== undefined) yield { from: correct[0], message }
    for (const id of idsIn(allowed & this.#identities)) yield { from: id, message }
  }

  /** The words that answer a rule's questions: the trigger, then the correct by id, then the coalition. */
  #evidence(state: Int32Array, p: number, option: Option, on: Numbered | undefined): Numbered[] | undefined {
    const evidence: Numbered[] = []
    for (const condition of option.conditions) {
      const { ask } = condition.ask
      const known: [message: number, senders: number][] = []
      for (const message of condition.ask.matching()) {
        const senders = condition.ask.mask(message) & this.#senders(state, p, message, true)
        if (senders !== 0) known.push([message, senders])
      }
      if (condition.kind === 'take') {
        const wanted = new Set(condition.choices.map((choice) => [...choice].sort((a, b) => a - b).join()))
        const chosen = this.#choice(known, headsOf(ask.q), wanted)
        if (!chosen) return undefined
        evidence.unshift(...chosen)
        continue
      }
      let all = 0
      for (const [, senders] of known) all |= senders
      if (on && (condition.ask.mask(on.message) & (1 << on.from)) !== 0) all |= 1 << on.from
      if (!isMetBy(ask.q, all)) return undefined
      const first = on && all & (1 << on.from) && condition.ask.mask(on.message) & (1 << on.from) ? [on.from] : []
      const others = idsIn(all).filter((id) => !first.includes(id))
      const ranked = [
        ...first,
        ...others.filter((id) => !this.#isIdentity(id)),
        ...others.filter((id) => this.#isIdentity(id)),
      ]
      for (const id of firstEnough(ask.q, ranked, (one) => one)!) {
        if (on && id === first[0]) continue
        evidence.push({ from: id, message: known.find(([, senders]) => (senders & (1 << id)) !== 0)![0] })
      }
    }
    return evidence
  }

  #isIdentity(id: Id): boolean {
    return (this.#identities & (1 << id)) !== 0
  }

  /** One of the wanted choices, said by as few of the coalition as can be. */
  #choice(known: [number, number][], q: number, wanted: ReadonlySet<string>): Numbered[] | undefined {
    let best: Numbered[] | undefined
    let least = Number.POSITIVE_INFINITY
    for (const choice of choicesAmong(
      known.map(([message, senders]) => ({ message, senders })),
      q,
    )) {
      if (!wanted.has([...choice].sort((a, b) => a - b).join())) continue
      const words = assigned(choice, new Map(known), this.#identities)
      const cost = words.filter(({ from }) => this.#isIdentity(from)).length
      if (cost < least) {
        best = words
        least = cost
      }
    }
    return best
  }
}

/** A sender for each message, no sender twice, the coalition last. */
function assigned(choice: readonly number[], senders: ReadonlyMap<number, number>, identities: number): Numbered[] {
  const order = (mask: number): Id[] => [...idsIn(mask & ~identities), ...idsIn(mask & identities)]
  const go = (index: number, taken: number): Numbered[] | undefined => {
    if (index === choice.length) return []
    for (const id of order(senders.get(choice[index]!)! & ~taken)) {
      const rest = go(index + 1, taken | (1 << id))
      if (rest) return [{ from: id, message: choice[index]! }, ...rest]
    }
    return undefined
  }
  return go(0, 0) ?? []
}
