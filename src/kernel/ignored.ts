import type { Event, Id, Local, Program } from '../model/index.ts'
import { Footprint } from './footprint.ts'

/** Of handlers that do nothing, what they look at before, and what was there when they did nothing. */
interface Look {
  readonly fields: readonly string[]
  readonly texts: Set<string>
  readonly sawSender: boolean
  readonly sawSelf: boolean
}

/**
 * Messages that come to nothing, by what their handlers look at in the state: whoever looks at the same does the same.
 * Most of what the coalition says is ignored for one reason, in all the states that differ in anything else.
 */
export class Ignored {
  readonly #footprint: Footprint
  /** By whose handler it is, then by number of what happens. */
  readonly #looks: Map<number, Look[]>[] = []

  constructor({ audit: _, ...program }: Program) {
    this.#footprint = new Footprint(program)
  }

  /** Is it known to do nothing in this state? Then with whether it looks at its sender, and at whose it is. */
  find(whose: number, number: number, local: Local): Pick<Look, 'sawSender' | 'sawSelf'> | undefined {
    const looks = this.#looks[whose]?.get(number)
    return looks?.find(({ fields, texts }) => texts.has(textOf(fields, local)))
  }

  /** It does nothing, and asks nothing, in this state. */
  learn(whose: number, number: number, at: Id, local: Local, event: Event, saw: Omit<Look, 'fields' | 'texts'>): void {
    const fields = this.#footprint.fieldsOf(at, local, event)
    if (!fields) return
    this.#looks[whose] ??= new Map()
    let looks = this.#looks[whose].get(number)
    if (!looks) {
      looks = []
      this.#looks[whose].set(number, looks)
    }
    let look = looks.find((one) => one.fields.join() === fields.join())
    if (!look) {
      look = { fields, texts: new Set(), ...saw }
      looks.push(look)
    }
    look.texts.add(textOf(fields, local))
  }
}

/** Timers and coins are looked at by whoever sets or asks for one. */
function textOf(fields: readonly string[], { state, timers, coins }: Local): string {
  let text = `${timers} ${coins}`
  for (const field of fields) text += ` ${JSON.stringify((state as { readonly [field: string]: unknown })[field])}`
  return text
}
