import type { Json, Liveness, Local, Outcome, Program, Said } from '../model/index.ts'
import { type Closed, isCrashed } from './closed.ts'
import type { Places } from './evaluate.ts'
import { type Entry, Healer, type Wounded } from './healed.ts'
import type { Judge } from './judge.ts'
import type { LiveClasses } from './live-classes.ts'
import { arrangements, NotSymmetric } from './symmetry.ts'
import type { Numbered } from './uses.ts'

/** Judges liveness claims in a state: heals it, and looks at what comes of that. */
export class LiveJudge {
  readonly #program: Program
  readonly #closed: Closed
  readonly #classes: LiveClasses
  readonly #places: Places
  readonly #puts: Judge
  readonly #healers = new Map<string, Healer>()
  readonly #asTheyAre: readonly number[]
  /** Outcomes whose arrangements are known to be judged alike. */
  readonly #alike = new Set<string>()
  /** By number: sets of words that were used. */
  #used: readonly (readonly Numbered[])[] = []

  constructor(program: Program, closed: Closed, classes: LiveClasses, places: Places, puts: Judge) {
    this.#program = program
    this.#closed = closed
    this.#classes = classes
    this.#places = places
    this.#puts = puts
    this.#asTheyAre = places.ids.map((_, p) => p)
  }

  /** @throws NotSymmetric where sorted participants make a difference to the claim */
  fails(claim: Liveness<any>, state: Int32Array, used: readonly (readonly Numbered[])[]): boolean {
    this.#used = used
    return this.#classes.groups.length === 0
      ? this.#failsIn(claim, state, this.#asTheyAre)
      : this.#failsSorted(claim, state)
  }

  #healerOf({ healing }: Liveness<any>): Healer {
    let healer = this.#healers.get(healing)
    if (!healer) {
      healer = new Healer(this.#program, healing)
      this.#healers.set(healing, healer)
    }
    return healer
  }

  #failsIn(claim: Liveness<any>, state: Int32Array, order: readonly number[]): boolean {
    const healer = this.#healerOf(claim)
    const before = this.#outcome(state, order)
    const after = lazily(before, () => healer.outcome(this.#wounded(state, order, healer)))
    return claim.broken(after, before) !== undefined
  }

  /** Judges one arrangement of interchangeable participants, having seen that all others would be judged alike. */
  #failsSorted(claim: Liveness<any>, state: Int32Array): boolean {
    const { stride, ids } = this.#places
    const looks = (p: number): string => state.subarray(p * stride, (p + 1) * stride).join()
    const healer = this.#healerOf(claim)
    let healed = false
    const before = this.#outcome(state, this.#asTheyAre)
    const after = lazily(before, () => {
      healed = true
      return healer.outcome(this.#wounded(state, this.#asTheyAre, healer))
    })
    const fails = claim.broken(after, before) !== undefined
    // Where the order of firings is nothing, the others end as this one does, under other names.
    const isRenamed = healed && healer.isDeterminate()
    const puts = isRenamed ? healer.puts() : []
    const key =
      isRenamed || !healed
        ? `${claim.name} ${ids.map((id, p) => `${state[p * stride + 1]} ${JSON.stringify(puts[id] ?? '')}`)}`
        : ''
    if (key !== '' && this.#alike.has(key)) return fails
    for (const order of arrangements(this.#classes.groups, ids.length, looks)) {
      const others = isRenamed ? this.#failsRenamed(claim, state, order, puts) : this.#failsIn(claim, state, order)
      if (others !== fails) throw new NotSymmetric(`${claim.name} minds which replica does what`)
    }
    if (key !== '') this.#alike.add(key)
    return fails
  }

  /** Judges the end of a healed run with the participants' names exchanged. */
  #failsRenamed(
    claim: Liveness<any>,
    state: Int32Array,
    order: readonly number[],
    puts: ReturnType<Healer['puts']>,
  ): boolean {
    const { ids } = this.#places
    const before = this.#outcome(state, order)
    const list = (kind: 'outputs' | 'notes'): Said<Json>[] =>
      before.correct.flatMap((at) => puts[ids[order[ids.indexOf(at)]!]!]![kind].map((output) => ({ at, output })))
    const outputs = [...list('outputs'), ...list('notes').map(({ at, output }) => ({ at, output: { note: output } }))]
    return claim.broken({ ...before, outputs, fresh: outputs }, before) !== undefined
  }

  #outcome(state: Int32Array, order: readonly number[]): Outcome<any> {
    return this.#puts.outcomeOf({ ids: this.#places.ids, stride: this.#places.stride }, state, order)
  }

  /** @param order for each position, the position of the record whose participant stands there */
  #wounded(state: Int32Array, order: readonly number[], healer: Healer): Wounded {
    const { ids, stride } = this.#places
    const { n, clients } = this.#program.setting
    const { table, sayings, participants } = this.#closed
    const locals = new Array<Local | null>(n + clients).fill(null)
    const used: Entry[][] = locals.map(() => [])
    const outputs: (readonly Json[])[] = locals.map(() => [])
    const notes: (readonly Json[])[] = locals.map(() => [])
    const soup: Entry[] = []
    for (const [i, id] of ids.entries()) {
      const p = order[i]!
      const local = participants[i]!.locals[this.#classes.localOf(i, state[p * stride]!)]!
      locals[id] = isCrashed(local) ? null : table.locals.values[local]!
      const put = this.#puts.valuesOf(state[p * stride + 1]!)
      outputs[id] = put.outputs
      notes[id] = put.notes
      for (const [saying, { message, to }] of sayings.entries()) {
        if ((state[p * stride + 2 + (saying >> 5)]! & (1 << (saying & 31))) === 0) continue
        soup.push(healer.entry(id, table.messages.values[message]!, to))
      }
      used[id] = this.#used[state[(p + 1) * stride - 1]!]!.map(({ from, message }) =>
        healer.entry(from, table.messages.values[message]!, 'all'),
      )
    }
    return { locals, soup, used, outputs, notes }
  }
}

/** An outcome that is worked out when a claim looks at it: most claims look at the state before it first. */
function lazily({ setting, correct }: Outcome<any>, make: () => Outcome<any>): Outcome<any> {
  let made: Outcome<any> | undefined
  const outcome = (): Outcome<any> => {
    made ??= make()
    return made
  }
  return {
    setting,
    correct,
    get outputs() {
      return outcome().outputs
    },
    get fresh() {
      return outcome().fresh
    },
    get soup() {
      return outcome().soup
    },
  }
}
