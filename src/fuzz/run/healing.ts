import {
  Healer,
  type Instance,
  NONE_USED,
  NOTHING_PUT,
  Pairs,
  SENDERS,
  type SoupEntry,
  Tuples,
  type UsedWords,
  usedWords,
  type World,
} from '../../kernel/index.ts'
import { brokenAfter, type Facts, holdsAnyhow, type Id, type Liveness, remembered } from '../../model/index.ts'
import type { Violation } from '../../system/index.ts'

type Soup = ReturnType<Healer['inboxes']['soups']['empty']>

/** What has been sent, with a number that no other has. */
interface Said {
  readonly soup: Soup
  readonly number: number
}

const NONE: readonly Violation[] = []

/** Verdicts that are remembered. */
const MOST_REMEMBERED = 50_000

/**
 * Judges liveness claims at the end of healed runs on numbers, where messages may come again and firings are steps.
 * Whatever it finds is replayed on the reference; elsewhere, the reference is asked itself.
 */
export class Healing {
  readonly #world: World
  readonly #healer: Healer
  readonly #claims: readonly Liveness<any>[]
  #run = 0
  #taken = 0
  #nothing: Said
  #said: Said
  /** How many soups there were before the present ones, and those. */
  #before = 0
  readonly #saids: Said[] = []
  /** By number, and by envelope and instance: the number of what has been sent then. */
  readonly #next = new Pairs()
  readonly #bySoup = new WeakMap<Soup, Said>()
  readonly #states = new Tuples()
  /** By number of a state. */
  readonly #verdicts: (readonly Violation[])[] = []
  /** What participants have put out, by their records; and by its number, whether no healed run from there breaks a claim. */
  readonly #puts = new Tuples()
  readonly #anyhow: boolean[] = []

  constructor(world: World, claims: readonly Liveness<any>[]) {
    this.#world = world
    this.#claims = claims
    this.#healer = new Healer(world.program, claims[0]!.healing, world.table)
    this.#nothing = this.#start()
    this.#said = this.#nothing
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
    if (this.#holdAnyhow(before)) return NONE
    const { correct } = this.#world
    const said = this.#saidNow()
    const { list } = this.#states
    list.clear()
    list.push(said.number)
    for (let id = 0; id < correct.length; id++) {
      const instance = correct[id]
      if (!instance) continue
      list.push(instance.local)
      list.push(instance.record.number)
      const words = used[id]
      list.push(words ? words.length : 0)
      if (words) for (let i = 0; i < words.length; i++) list.push(words[i]!)
    }
    const state = this.#states.number()
    const known = this.#verdicts[state]
    if (known) return known
    const verdict = this.#judge(said.soup, used, before())
    this.#verdicts[state] = verdict
    if (this.#states.size > MOST_REMEMBERED) {
      this.#states.clear()
      this.#verdicts.length = 0
    }
    return verdict
  }

  /** Most runs end before anything is put out that a healed run would have to answer to. */
  #holdAnyhow(before: () => Facts): boolean {
    const { correct } = this.#world
    const { list } = this.#puts
    list.clear()
    for (let id = 0; id < correct.length; id++) list.push(correct[id]?.record.number ?? -1)
    const number = this.#puts.number()
    const known = this.#anyhow[number]
    if (known !== undefined) return known
    const facts = before()
    const holds = this.#claims.every((claim) => holdsAnyhow(claim, facts))
    this.#anyhow[number] = holds
    if (this.#puts.size > MOST_REMEMBERED) {
      this.#puts.clear()
      this.#anyhow.length = 0
    }
    return holds
  }

  #start(): Said {
    this.#before += this.#saids.length
    this.#saids.length = 0
    this.#next.clear()
    return this.#numbered(this.#healer.inboxes.soups.empty())
  }

  #numbered(soup: Soup): Said {
    const said = { soup, number: this.#before + this.#saids.length }
    this.#saids.push(said)
    return said
  }

  /** What was sent, going on from where it was asked for last in this run. */
  #saidNow(): Said {
    const { values, length } = this.#world.soup
    const isSame = this.#run === this.#world.runs && this.#taken <= length
    // Now and then, soups are forgotten.
    if (!isSame && this.#nothing.soup !== this.#healer.inboxes.soups.empty()) this.#nothing = this.#start()
    let said = isSame ? this.#said : this.#nothing
    for (let i = isSame ? this.#taken : 0; i < length; i += 2) {
      const key = values[i + 1]! * SENDERS + values[i]!
      const next = this.#next.get(said.number, key)
      said = next >= 0 ? this.#saids[next - this.#before]! : this.#plus(said, key, values[i]!, values[i + 1]!)
    }
    this.#run = this.#world.runs
    this.#taken = length
    this.#said = said
    return said
  }

  #plus(said: Said, key: number, instance: number, envelope: number): Said {
    const soup = this.#healer.inboxes.soups.plus(said.soup, this.#entry(instance, envelope))
    const next = remembered(this.#bySoup, soup, () => (soup === said.soup ? said : this.#numbered(soup)))
    this.#next.set(said.number, key, next.number)
    return next
  }

  #judge(soup: Soup, used: readonly (readonly number[] | undefined)[], before: Facts): readonly Violation[] {
    const { setting } = this.#world.program
    const ids = Array.from({ length: setting.n + setting.clients }, (_, id) => id)
    const at = (id: Id): Instance | undefined => this.#world.correct[id]
    const after = this.#healer.outcome({
      locals: ids.map((id) => at(id)?.local ?? -1),
      soup,
      used: ids.map((id) => (used[id]?.length ? this.#used(used[id]!) : NONE_USED)),
      puts: ids.map((id) => at(id)?.record ?? NOTHING_PUT),
    })
    return this.#claims.flatMap((claim) => {
      const witness = brokenAfter(claim, after, before)
      return witness ? [{ claim: claim.name, witness }] : []
    })
  }

  #entry(instance: number, envelope: number): SoupEntry {
    const { id } = this.#world.instances[instance]!
    const { messages, receivers } = this.#world.kernel.envelopes
    return this.#healer.inboxes.entry(id, messages[envelope]!, receivers[envelope]!)
  }

  #used(words: readonly number[]): UsedWords {
    return usedWords(words.map((word) => this.#healer.inboxes.entry(word % SENDERS, Math.floor(word / SENDERS), 'all')))
  }
}
