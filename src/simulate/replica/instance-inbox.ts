import { type AnyMessage, type Id, type Program, remembered } from '../../model/index.ts'
import { hearsItself } from '../../system/index.ts'

/** A message that has come to an instance. */
export interface Arrived {
  readonly message: number
  readonly from: Id
  /** Messages one after the other up to this one. */
  readonly depth: number
  /** How many came before it. */
  readonly order: number
}

/** What an instance has received. Nothing that came ever leaves. */
export class InstanceInbox {
  readonly self: Id
  readonly program: Program
  readonly messages: readonly AnyMessage[]
  /** In order of arrival. */
  readonly arrived: Arrived[] = []
  readonly byType = new Map<string, Arrived[]>()
  /** Its own broadcasts, where they count as evidence. */
  readonly own: number[] = []
  /** By content, the message that came first. */
  readonly #first = new Map<number, Arrived>()
  readonly #known = new Set<number>()
  readonly #everybody: number

  constructor(program: Program, self: Id, messages: readonly AnyMessage[]) {
    const { n, clients } = program.setting
    this.self = self
    this.program = program
    this.messages = messages
    this.#everybody = n + clients
  }

  /** Puts a message in. Nothing where it is there already. */
  hear(message: number, from: Id, depth: number): Arrived | undefined {
    const key = message * this.#everybody + from
    if (this.#known.has(key)) return undefined
    this.#known.add(key)
    const word = { message, from, depth, order: this.arrived.length }
    this.arrived.push(word)
    const { type } = this.messages[message]!
    remembered(this.byType, type, () => []).push(word)
    if (!this.#first.has(message)) this.#first.set(message, word)
    return word
  }

  /** Takes the last word out again: the step in which it came is not taken. */
  forgetLast(): void {
    const word = this.arrived.pop()!
    this.#known.delete(word.message * this.#everybody + word.from)
    this.byType.get(this.messages[word.message]!.type)!.pop()
    if (this.#first.get(word.message) === word) this.#first.delete(word.message)
  }

  /** The first message with the same content. */
  firstLike({ message }: Arrived): Arrived {
    return this.#first.get(message)!
  }

  /** It has sent something to all replicas. */
  hearOneself(message: number): void {
    if (hearsItself(this.program, this.self) && !this.own.includes(message)) this.own.push(message)
  }
}
