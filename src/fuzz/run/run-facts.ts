import type { Instance, Record } from '../../kernel/index.ts'
import type { Facts, Id } from '../../model/index.ts'
import type { SettingContext } from './setting-context.ts'

/** What claims are shown of a run. */
export class RunFacts {
  readonly #settingContext: SettingContext
  readonly #correct: readonly Instance[]

  /** @param correct participants that claims speak of */
  constructor(settingContext: SettingContext, correct: readonly Instance[]) {
    this.#settingContext = settingContext
    this.#correct = correct
  }

  /** After a step of an instance; nobody has moved when a run begins. */
  after(instance: Instance | undefined, before: Record | undefined): Facts {
    const { setting, correct, table, world } = this.#settingContext
    const outputs = (): Facts['outputs'] => this.#allOutputs()
    const fresh = (): Facts['outputs'] => this.#fresh(instance, before)
    return {
      setting,
      correct,
      get outputs() {
        return outputs()
      },
      get fresh() {
        return fresh()
      },
      get soup() {
        const { messages } = world.kernel.envelopes
        const said: { from: Id; message: Facts['soup'][number]['message'] }[] = []
        for (let i = 0; i < world.soup.length; i += 2) {
          const from = world.instances[world.soup.values[i]!]!.id
          const message = table.messages.values[messages[world.soup.values[i + 1]!]!]!
          if (correct.includes(from)) said.push({ from, message })
        }
        return said
      },
    }
  }

  /** What was output, and nothing else. */
  silent(): Facts {
    const { setting, correct } = this.#settingContext
    return { setting, correct, outputs: this.#allOutputs(), fresh: [], soup: [] }
  }

  #value(at: Id, number: number): Facts['outputs'][number] {
    return { at, output: this.#settingContext.table.outputs.values[number]! }
  }

  /** What the step at an instance has output; before the first step, all that there is. */
  #fresh(instance: Instance | undefined, before: Record | undefined): Facts['outputs'] {
    if (!instance || !before) return this.#allOutputs()
    const { id, record } = instance
    const outputs = record.outputs.slice(before.outputs.length)
    const notes = record.notes.slice(before.notes.length)
    return [...outputs, ...notes].map((number) => this.#value(id, number))
  }

  #allOutputs(): Facts['outputs'] {
    return [
      ...this.#correct.flatMap(({ id, record }) => record.outputs.map((output) => this.#value(id, output))),
      ...this.#correct.flatMap(({ id, record }) => record.notes.map((note) => this.#value(id, note))),
    ]
  }
}
