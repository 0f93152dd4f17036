import { type Instance, SENDERS, systemOf } from '../../kernel/index.ts'
import { type Id, type Liveness, rememberedAmong } from '../../model/index.ts'
import { brokenAfterHealing, take, type Violation } from '../../system/index.ts'
import type { RunEntry } from './entry.ts'
import { replayOnReference } from './replay-on-reference.ts'
import { MOST_REMEMBERED, type SettingContext } from './setting-context.ts'
import type { UsedMessages } from './used.ts'

/** Healed runs from where a run is now, on the reference. */
export class ReferenceHealing {
  readonly #settingContext: SettingContext
  readonly #entries: readonly RunEntry[]
  readonly #correct: readonly Instance[]
  readonly #used: UsedMessages

  constructor(
    settingContext: SettingContext,
    entries: readonly RunEntry[],
    correct: readonly Instance[],
    used: UsedMessages,
  ) {
    this.#settingContext = settingContext
    this.#entries = entries
    this.#correct = correct
    this.#used = used
  }

  /** What breaks claims that look at outputs, notes and what is sent. */
  broken(liveness: readonly Liveness<any>[]): readonly Violation[] {
    const settingContext = this.#settingContext
    const key = `${liveness.map(({ name }) => name)}/${this.#key()}`
    return rememberedAmong(settingContext.healed, MOST_REMEMBERED, key, () => {
      const { program, table, world, sharedTables } = settingContext
      const spoken = (word: number) => ({
        from: word % SENDERS,
        message: table.messages.values[Math.floor(word / SENDERS)]!,
      })
      const used = this.#used.words.flatMap((words = [], at) => words.map((word) => ({ at, word: spoken(word) })))
      return brokenAfterHealing(program, liveness, systemOf(world, this.#crashed()), used, sharedTables.healing)
    })
  }

  /** Of what is held, the evidence inside of proofs is a part, which is known once the steps are written out. */
  brokenOnSteps(held: readonly Liveness<any>[]): readonly Violation[] {
    const { program, world } = this.#settingContext
    const { steps } = replayOnReference(this.#settingContext, this.#entries, world.coalition.offered())
    const { systems, used } = take(program, steps)
    return brokenAfterHealing(program, held, systems.at(-1)!, used)
  }

  #crashed(): Id[] {
    return this.#entries.flatMap(({ kind, at }) => (kind === 'crash' ? [at] : []))
  }

  /** Everything that the healed run depends on. */
  #key(): string {
    const { world } = this.#settingContext
    const flights = [...world.network.all(), ...world.lost].map(({ to, from, message }) => `${to} ${from} ${message}`)
    const places = this.#correct.map(({ local, record, words }) => [local, record.number, words.length])
    const said: string[] = []
    for (let i = 0; i < world.soup.length; i += 2) said.push(`${world.soup.values[i]} ${world.soup.values[i + 1]}`)
    const used = [...this.#used.words].map((words, at) => `${at} ${words ?? ''}`)
    return [places, said.sort(), flights.sort(), used, this.#crashed()].join('/')
  }
}
