/**
 * One participant as an automaton: what can happen to it in each of its states, under which atoms, and what others
 * notice of it.
 */
import { type Id, isMetBy } from '../../model/index.ts'
import type { Closed, Option, Reachable } from '../closure/closed.ts'
import type { Senders } from './atom.ts'
import type { Atoms } from './atoms.ts'

export interface GuardedEdge {
  /** Indices into the machine's atoms, ascending; all of them must hold. */
  readonly atoms: readonly number[]
  /** What is said, as a row of envelopes. */
  readonly says: Int32Array
  /** What is put out, and noted where a claim reads notes, in order. */
  readonly outputs: readonly number[]
  /** What a rule threw. */
  readonly threw: string | null
  /** By which rule, and on which message, it happens: where that matters, and nothing elsewhere. */
  readonly name: string
  readonly target: number
  /** Index of a local state of the closure that it leads to: one of several, where some were merged. */
  readonly leads: number
  /** Says nothing and puts nothing out: nobody else notices. */
  readonly silent: boolean
}

export interface Machine {
  readonly at: Id
  /** By state. State 0 is the initial one. */
  readonly edges: readonly (readonly GuardedEdge[])[]
  /** The atoms that this machine asks about, as indices of all atoms. */
  readonly atoms: readonly number[]
  /** By index of the closure's local state: the state of this machine. */
  readonly stateOf: Int32Array
}

/** Edges before their atoms are numbered machine by machine. */
export interface MachineDraft {
  /** Indices of all atoms, ascending. */
  readonly atoms: readonly number[]
  readonly option: Option
  readonly target: number
}

/** What turns options into edges for one participant. */
export class Options {
  readonly #atoms: Atoms
  readonly #position: number
  readonly #closed: Closed
  readonly #notes: (note: number) => boolean
  readonly #rules: boolean
  readonly #noticed: ReadonlySet<Option>
  readonly #conditions = new Map<object, number | undefined>()
  readonly #triggers = new Map<string, { readonly atom: number | undefined }>()
  /** By message and how many: have so many said it? */
  readonly #senders = new Map<string, number | undefined>()

  /**
   * @param notes does a note belong to what others notice?
   * @param rules does it matter by which rule, and on which message, something happens?
   * @param noticed options that others notice though they say nothing; more may be put into it between two quotients
   */
  constructor(
    atoms: Atoms,
    closed: Closed,
    position: number,
    notes: (note: number) => boolean,
    rules = false,
    noticed: ReadonlySet<Option> = new Set(),
  ) {
    this.#noticed = noticed
    this.#rules = rules
    this.#atoms = atoms
    this.#closed = closed
    this.#position = position
    this.#notes = notes
  }

  get part(): Reachable {
    return this.#closed.participants[this.#position]!
  }

  /** The atoms of what a rule asks of its inbox. */
  conditions({ conditions, trigger, senders = 1 }: Option): number[] {
    this.#atoms.tick()
    const found = new Set<number>()
    if (trigger && senders > 1) {
      const key = `${trigger.message} ${senders}`
      if (!this.#senders.has(key)) this.#senders.set(key, this.#atoms.ofTriggers(this.#position, [trigger], senders))
      const atom = this.#senders.get(key)
      if (atom !== undefined) found.add(atom)
    }
    for (const condition of conditions) {
      if (!this.#conditions.has(condition)) {
        this.#conditions.set(condition, this.#atoms.ofCondition(this.#position, condition))
      }
      const atom = this.#conditions.get(condition)
      if (atom !== undefined) found.add(atom)
    }
    return [...found].sort((a, b) => a - b)
  }

  /** The atoms of an option that any of several messages may trigger; `null` triggers need no message. */
  atoms(conditions: readonly number[], triggers: readonly Option['trigger'][]): readonly number[] {
    if (triggers.some((trigger) => trigger === null)) return conditions
    const trigger = this.#triggerAtom(triggers as readonly NonNullable<Option['trigger']>[])
    if (trigger === undefined || conditions.includes(trigger)) return conditions
    const implied = conditions.some((atom) => implies(this.#atoms, atom, trigger, this.#position))
    return implied ? conditions : [...conditions, trigger].sort((a, b) => a - b)
  }

  #triggerAtom(words: readonly NonNullable<Option['trigger']>[]): number | undefined {
    let key = ''
    for (const { message, from } of words) key += `${message}:${from},`
    let known = this.#triggers.get(key)
    if (!known) {
      known = { atom: this.#atoms.ofTriggers(this.#position, words) }
      this.#triggers.set(key, known)
    }
    return known.atom
  }

  /**
   * What others notice of an option of a local state: equal texts for equal effects. Where rules matter, so does it whether
   * the local state stays as it is: if nothing is new of what is said, it is then no step.
   */
  label(option: Option, local: number): string {
    const { says, threw, target } = option
    const said = says.length < 2 ? says.join() : [...new Set(says)].sort((a, b) => a - b).join()
    const label = `${said}|${this.outputs(option).join()}|${threw ?? ''}`
    return this.#rules ? `${label} ${nameOf(option)} ${target === local}` : label
  }

  /** Does nobody else notice it? */
  isSilent(option: Option): boolean {
    if (option.says.length + this.outputs(option).length > 0 || option.threw !== null) return false
    return !this.#noticed.has(option)
  }

  /** @throws Stopped where somebody wants the making of machines to end */
  tick(): void {
    this.#atoms.tick()
  }

  outputs({ outputs, notes }: Option): readonly number[] {
    const noticed = notes.filter(this.#notes)
    return noticed.length > 0 ? [...outputs, ...noticed] : outputs
  }

  /** A machine out of edges by state. */
  machine(drafts: readonly (readonly MachineDraft[])[], stateOf: Int32Array): Machine {
    const atoms = [...new Set(drafts.flat().flatMap((draft) => draft.atoms))].sort((a, b) => a - b)
    const index = new Map(atoms.map((atom, i) => [atom, i]))
    const edges = drafts.map((list) =>
      list.map(({ atoms: needed, option, target }): GuardedEdge => {
        const says = new Int32Array(this.#atoms.rowWords)
        for (const envelope of option.says) says[envelope >> 5]! |= 1 << (envelope & 31)
        const outputs = this.outputs(option)
        return {
          atoms: needed.map((atom) => index.get(atom)!),
          says,
          outputs,
          threw: option.threw,
          name: this.#rules ? nameOf(option) : '',
          target,
          leads: option.target,
          silent: this.isSilent(option),
        }
      }),
    )
    return { at: this.part.at, edges, atoms, stateOf }
  }
}

/** By which rule, and on which message, something happens. */
function nameOf({ event, trigger }: Option): string {
  const { kind } = event
  if (kind === 'message') return `${event.rule} ${trigger!.message}`
  if (kind === 'input') return `input ${event.value}`
  if (kind === 'timeout') return `timeout ${event.timer}`
  return kind === 'coin' ? `coin ${event.coin} ${event.value}` : kind
}

/** One state for each local state, one edge for each option: nothing merged. */
export function unmerged(options: Options): Machine {
  const { locals, options: all } = options.part
  const drafts = all.map((list) =>
    list.map((option): MachineDraft => {
      return { atoms: options.atoms(options.conditions(option), [option.trigger]), option, target: option.target }
    }),
  )
  return options.machine(drafts, Int32Array.from(locals.keys()))
}

/**
 * Does a question that needs words of somebody else imply that the trigger was said? It does where all that it counts
 * from others is a trigger, and its own words alone cannot answer it.
 */
function implies({ list, rowWords, ids }: Atoms, asked: number, awaited: number, own: number): boolean {
  const [question, trigger] = [list[asked]!, list[awaited]!]
  if (trigger.kind !== 'count') return false
  const parts = question.kind === 'count' ? [question.of] : question.of
  // There may be more choices than a call may have arguments.
  const fewest = (choices: readonly (readonly number[])[]): number =>
    choices.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY)
  const needed = question.kind === 'count' ? question.q : fewest(question.choices)
  const ownCounts = parts.some(({ rows }) => rows.subarray(own * rowWords, (own + 1) * rowWords).some((word) => word))
  if (isMetBy(needed, ownCounts ? 1 << ids[own]! : 0)) return false
  return parts.every((part) => within(part, trigger.of, own, rowWords))
}

function within(part: Senders, whole: Senders, own: number, rowWords: number): boolean {
  const rows = part.rows.every((word, i) => Math.floor(i / rowWords) === own || (word & ~whole.rows[i]!) === 0)
  if (!rows || (part.sure & ~whole.sure) !== 0) return false
  return part.maybe.every(({ provable, identities }) =>
    whole.maybe.some((other) => other.provable === provable && (identities & ~other.identities) === 0),
  )
}
