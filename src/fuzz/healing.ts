import {
  type Entry,
  Healer,
  type Instance,
  NONE_USED,
  NOTHING_PUT,
  type PutNumbers,
  SENDERS,
  type UsedWords,
  usedWords,
  type World,
} from '../kernel/index.ts'
import { brokenAfter, type Facts, type Id, type Liveness } from '../model/index.ts'
import type { Violation } from '../system/index.ts'

type Soup = ReturnType<Healer['inboxes']['soups']['empty']>

/** A character for a number: much faster to put together than digits. Large numbers get several. */
function character(number: number): string {
  return number < FIRST_LONG ? String.fromCharCode(number) : `${LONG}${number}${LONG}`
}

const FIRST_LONG = 0xff00
const LONG = '\uffff'
/** Ends a list; it is no number's character. */
const END = '\ufffe'

/** Verdicts of one soup that are remembered. */
const MOST_REMEMBERED = 1_000

/**
 * Judges liveness claims at the end of healed runs on numbers, where messages may come again and firings are steps.
 * Whatever it finds is told on the reference; elsewhere, the reference is asked itself.
 */
export class Healing {
  readonly #world: World
  readonly #healer: Healer
  readonly #claims: readonly Liveness<any>[]
  /** By number of the kernel, the number of the healed run. */
  readonly #locals: number[] = []
  readonly #messages: number[] = []
  readonly #puts: PutNumbers[] = []
  readonly #entries = new Map<number, Entry>()
  #run = 0
  #taken = 0
  #soup: Soup | undefined
  readonly #verdicts = new WeakMap<Soup, Map<string, readonly Violation[]>>()

  constructor(world: World, claims: readonly Liveness<any>[]) {
    this.#world = world
    this.#claims = claims
    this.#healer = new Healer(world.program, claims[0]!.healing)
  }

  /** One for each way to heal, or nothing where the reference has to be asked. */
  static of(world: World, claims: readonly Liveness<any>[]): readonly Healing[] | undefined {
    const { network } = world.program.setting
    if (world.arrivals || network.lose || claims.some(({ reads }) => reads.includes('soup'))) return undefined
    const kinds = [...new Set(claims.map(({ healing }) => healing))]
    return kinds.map(
      (kind) =>
        new Healing(
          world,
          claims.filter(({ healing }) => healing === kind),
        ),
    )
  }

  /**
   * @param used by participant, messages of the coalition that its firings used, each with its sender as one number
   * @param before what claims see now
   */
  broken(used: readonly (readonly number[] | undefined)[], before: () => Facts): readonly Violation[] {
    const { correct } = this.#world
    const soup = this.#soupNow()
    let key = ''
    for (let id = 0; id < correct.length; id++) {
      const instance = correct[id]
      if (!instance) continue
      key += character(instance.local) + character(instance.record.number)
      const words = used[id]
      if (words) for (let i = 0; i < words.length; i++) key += character(words[i]!)
      key += END
    }
    let known = this.#verdicts.get(soup)
    if (!known) {
      known = new Map()
      this.#verdicts.set(soup, known)
    }
    let verdict = known.get(key)
    if (!verdict) {
      if (known.size >= MOST_REMEMBERED) known.clear()
      verdict = this.#judge(soup, used, before())
      known.set(key, verdict)
    }
    return verdict
  }

  /** What was said, going on from where it was asked for last in this run. */
  #soupNow(): Soup {
    const { values, length } = this.#world.soup
    const isSame = this.#run === this.#world.runs && this.#taken <= length
    let soup = isSame ? this.#soup! : this.#healer.inboxes.soups.empty()
    for (let i = isSame ? this.#taken : 0; i < length; i += 2) {
      soup = this.#healer.inboxes.soups.plus(soup, this.#entry(values[i]!, values[i + 1]!))
    }
    this.#run = this.#world.runs
    this.#taken = length
    this.#soup = soup
    return soup
  }

  #judge(soup: Soup, used: readonly (readonly number[] | undefined)[], before: Facts): readonly Violation[] {
    const { setting } = this.#world.program
    const ids = Array.from({ length: setting.n + setting.clients }, (_, id) => id)
    const at = (id: Id): Instance | undefined => this.#world.correct[id]
    const after = this.#healer.outcome({
      locals: ids.map((id) => (at(id) ? this.#local(at(id)!) : -1)),
      soup,
      used: ids.map((id) => (used[id]?.length ? this.#used(used[id]!) : NONE_USED)),
      puts: ids.map((id) => (at(id) ? this.#put(at(id)!) : NOTHING_PUT)),
    })
    return this.#claims.flatMap((claim) => {
      const witness = brokenAfter(claim, after, before)
      return witness ? [{ claim: claim.name, witness }] : []
    })
  }

  #local({ local }: Instance): number {
    this.#locals[local] ??= this.#healer.local(this.#world.table.locals.values[local] as never)
    return this.#locals[local]
  }

  #message(message: number): number {
    this.#messages[message] ??= this.#healer.message(this.#world.table.messages.values[message]!)
    return this.#messages[message]
  }

  #put({ record }: Instance): PutNumbers {
    const { values } = this.#world.table.outputs
    this.#puts[record.number] ??= this.#healer.put({
      outputs: record.outputs.map((output) => values[output] as never),
      notes: record.notes.map((note) => (values[note] as any).note),
    })
    return this.#puts[record.number]!
  }

  #entry(instance: number, envelope: number): Entry {
    const { id } = this.#world.instances[instance]!
    const { messages, receivers } = this.#world.kernel.envelopes
    const key = envelope * SENDERS + id
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = this.#healer.inboxes.entry(id, this.#message(messages[envelope]!), receivers[envelope]!)
      this.#entries.set(key, entry)
    }
    return entry
  }

  #used(words: readonly number[]): UsedWords {
    return usedWords(
      words.map((word) => this.#healer.inboxes.entry(word % SENDERS, this.#message(Math.floor(word / SENDERS)), 'all')),
    )
  }
}
