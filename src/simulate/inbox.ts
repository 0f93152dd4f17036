import type { AnyMessage, Id, Program } from '../model/index.ts'

/** A word that has come to a seat. */
export interface Arrived {
  readonly message: number
  readonly from: Id
  /** Messages one after the other up to this one. */
  readonly depth: number
  /** How many came before it. */
  readonly order: number
}

/** Words of one content, in order of arrival. */
export interface Content {
  readonly message: number
  readonly words: Arrived[]
}

const NOTHING: ReadonlyMap<number, Content> = new Map()

/** What a seat has heard. Nothing that came ever leaves. */
export class Inbox {
  readonly self: Id
  readonly program: Program
  readonly messages: readonly AnyMessage[]
  /** In order of arrival. */
  readonly arrived: Arrived[] = []
  readonly byType = new Map<string, Arrived[]>()
  /** Its own broadcasts, where they count as evidence. */
  readonly own: number[] = []
  readonly #byContent = new Map<string, Map<number, Content>>()
  readonly #known = new Set<number>()
  readonly #everybody: number
  readonly #hearsItself: boolean

  constructor(program: Program, self: Id, messages: readonly AnyMessage[]) {
    const { n, clients } = program.setting
    this.self = self
    this.program = program
    this.messages = messages
    this.#everybody = n + clients
    const own = program.protocol.definition.selfDelivery ?? 'inbox'
    this.#hearsItself = self < n && (own === 'inbox' || own === 'at-once')
  }

  /** Puts a word in. Nothing where it is there already. */
  hear(message: number, from: Id, depth: number): Arrived | undefined {
    const key = message * this.#everybody + from
    if (this.#known.has(key)) return undefined
    this.#known.add(key)
    const word = { message, from, depth, order: this.arrived.length }
    this.arrived.push(word)
    const { type } = this.messages[message]!
    const list = this.byType.get(type)
    if (list) list.push(word)
    else this.byType.set(type, [word])
    this.#add(type, word)
    return word
  }

  #add(type: string, word: Arrived): void {
    let contents = this.#byContent.get(type)
    if (!contents) {
      contents = new Map()
      this.#byContent.set(type, contents)
    }
    const content = contents.get(word.message)
    if (content) content.words.push(word)
    else contents.set(word.message, { message: word.message, words: [word] })
  }

  /** Takes the last word out again: the step in which it came is not taken. */
  forgetLast(): void {
    const { message, from } = this.arrived.pop()!
    const { type } = this.messages[message]!
    this.#known.delete(message * this.#everybody + from)
    this.byType.get(type)!.pop()
    this.#byContent.get(type)!.get(message)!.words.pop()
  }

  /** The different messages of a type, in the order in which each came first. */
  contentsOf(type: string): ReadonlyMap<number, Content> {
    return this.#byContent.get(type) ?? NOTHING
  }

  /** The first word with the same content. */
  firstLike({ message }: Arrived): Arrived {
    return this.contentsOf(this.messages[message]!.type).get(message)!.words[0]!
  }

  /** It has said something to all replicas. */
  hearOneself(message: number): void {
    if (this.#hearsItself && !this.own.includes(message)) this.own.push(message)
  }
}
