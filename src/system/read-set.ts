/**
 * What a rule looked at, of the message that triggered it and of its sender and receiver. On messages that are equal
 * there, it does the same: one call is made for all of them.
 *
 * Whoever asks its inbox is not done yet, and its question may look further when it is put to other messages. If
 * messages had been taken for one that differ there, what was found is not to be used: the rule is named in `misread`,
 * and the work is done again with its messages kept apart. So nothing depends on guessing right but the time it takes.
 */
import {
  type AnyMessage,
  type Ask,
  BEHIND,
  canonical,
  type Id,
  type Program,
  type Reaction,
  remembered,
  UsageError,
} from '../model/index.ts'

/** What one run of a rule has looked at, with the questions that it left behind. */
export class ReadSet {
  sawSender = false
  sawSelf = false
  /** Names of the message's fields. */
  readonly fields = new Set<string>()
  /** More was looked at than single fields, or it is unknown. */
  whole = false
  /** Is this what the rule does for all replicas and senders, as far as it has not looked at who they are? */
  isForAll = false
  /** Called when something more is looked at. */
  late: (() => void) | undefined

  /**
   * Notes what a question looks at when it is put.
   *
   * @throws UsageError when it is put, if one question was kept for all replicas or senders and it distinguishes them
   */
  watch({ looker }: Ask, { protocol }: Program): void {
    if (!looker) return
    looker.onLook = (part) => {
      const isNew = !(part === 'self' ? this.sawSelf : this.sawSender)
      this.saw({ sawSelf: part === 'self', sawSender: part === 'sender' })
      if (!this.isForAll || !isNew) return
      const name = part === 'self' ? 'self' : 'from'
      throw new UsageError(
        `${protocol.subject}: a match reads ctx.${name}, which its rule has not read before it asks`,
        `read it before: const { ${name} } = ctx`,
      )
    }
  }

  /** Notes who was looked at in one run. Unknown counts as seen. */
  saw({ sawSender = true, sawSelf = true }: Pick<Reaction, 'sawSender' | 'sawSelf'>): void {
    const isNew = (sawSender && !this.sawSender) || (sawSelf && !this.sawSelf)
    this.sawSender ||= sawSender
    this.sawSelf ||= sawSelf
    if (isNew) this.late?.()
  }

  /** More was looked at than is known. */
  sawAll(): void {
    if (this.whole) return
    this.whole = true
    this.late?.()
  }

  /** The message, noting what is looked at. A field counts as looked at with all that is in it. */
  watched<M extends AnyMessage>(message: M): M {
    return new Proxy<AnyMessage>(message, new Watching(this)) as M
  }
}

/** Ways to look at a message, or to try to change it, that tell no single field. */
const SEES_ALL = [
  ...(['ownKeys', 'getOwnPropertyDescriptor', 'getPrototypeOf', 'isExtensible', 'set', 'defineProperty'] as const),
  ...(['deleteProperty', 'setPrototypeOf', 'preventExtensions'] as const),
] as const

/** Made once a reducer call: so nothing in it is. */
class Watching implements ProxyHandler<AnyMessage> {
  readonly #readSet: ReadSet

  constructor(readSet: ReadSet) {
    this.#readSet = readSet
  }

  get(message: AnyMessage, field: string | symbol): unknown {
    if (field === BEHIND) return message
    const { fields, late } = this.#readSet
    if (typeof field === 'symbol' || (field in message && !Object.hasOwn(message, field))) this.#readSet.sawAll()
    else if (!fields.has(field)) {
      fields.add(field)
      late?.()
    }
    return Reflect.get(message, field)
  }

  has(message: AnyMessage, field: string | symbol): boolean {
    if (field === BEHIND) return true
    this.#readSet.sawAll()
    return Reflect.has(message, field)
  }

  static {
    // Messages are frozen: what would change one fails, and that is all that there is to see.
    for (const trap of SEES_ALL) {
      Object.defineProperty(Watching.prototype, trap, {
        value(this: Watching, ...given: Parameters<(typeof Reflect)[typeof trap]>): unknown {
          this.#readSet.sawAll()
          return Reflect.apply(Reflect[trap], Reflect, given)
        },
      })
    }
  }
}

/** Rules that look at the same things. */
interface Shape<N> {
  readonly fields: readonly string[]
  readonly sawSender: boolean
  readonly sawSelf: boolean
  /** By number of the message: what it shares with those that are equal where it was looked at. */
  readonly kept: Kept<N>[]
  readonly byText: Map<string, Kept<N>>
}

/** What a rule does on equal messages, by the local state and who they are from and to. */
type Kept<N> = Map<number, { readonly node: N; shared: boolean }>

/** More than there are participants in anything that can be searched. */
const PLACES = 4_096

/** What rules do on messages that are equal where they look. */
export class SharedWords<N> {
  /** Rules that were wrongly taken to do the same on several messages. */
  readonly misread = new Set<string>()
  /** Rules whose messages are kept apart. */
  readonly #apart: ReadonlySet<string>
  readonly #whole = new Set<string>()
  readonly #shapes = new Map<string, Shape<N>[]>()
  readonly #messages: readonly AnyMessage[]
  /** Whose rules these are, where it does not matter at whom they run. */
  readonly #roleOf: (at: Id) => 'replica' | 'client'

  constructor(messages: readonly AnyMessage[], roleOf: (at: Id) => 'replica' | 'client', apart: Iterable<string> = []) {
    this.#roleOf = roleOf
    this.#messages = messages
    this.#apart = new Set(apart)
  }

  /** Is it worth a try? */
  isWatched(rule: string): boolean {
    return !this.#apart.has(rule) && !this.#whole.has(rule)
  }

  find(at: Id, local: number, rule: string, message: number, from: Id): { sawSender: boolean; node: N } | undefined {
    for (const shape of this.#shapes.get(rule) ?? []) {
      const found = this.#kept(shape, message).get(this.#key(shape, at, local, from))
      if (!found) continue
      found.shared = true
      return { sawSender: shape.sawSender, node: found.node }
    }
    return undefined
  }

  /**
   * Keeps what the rule does, unless it looks at everything.
   *
   * @param isWhole is all known that the rule will ever look at, but for what its questions do?
   */
  keep(
    readSet: ReadSet,
    isWhole: boolean,
    node: N,
    at: Id,
    local: number,
    rule: string,
    message: number,
    from: Id,
  ): boolean {
    if (readSet.whole) {
      this.#whole.add(rule)
      return false
    }
    // What is open may still look at itself: it is not taken for what another one does.
    if (!isWhole) readSet.sawSelf = true
    const { sawSender, sawSelf } = readSet
    const shape = this.#shape(rule, [...readSet.fields].sort(), sawSender, sawSelf)
    const key = this.#key(shape, at, local, from)
    const known = this.#kept(shape, message)
    const kept = { node, shared: false }
    known.set(key, kept)
    readSet.late = () => {
      if (known.get(key) === kept) known.delete(key)
      // A rule that has not finished was taken not to depend on the sender.
      if (kept.shared || readSet.sawSender !== sawSender) this.misread.add(rule)
    }
    return true
  }

  #shape(rule: string, fields: readonly string[], sawSender: boolean, sawSelf: boolean): Shape<N> {
    const known = this.#shapes.get(rule) ?? []
    const same = known.find(
      (one) => one.sawSender === sawSender && one.sawSelf === sawSelf && one.fields.join() === fields.join(),
    )
    if (same) return same
    const shape = { fields, sawSender, sawSelf, kept: [], byText: new Map() }
    this.#shapes.set(rule, [...known, shape])
    return shape
  }

  #kept(shape: Shape<N>, message: number): Kept<N> {
    let kept = shape.kept[message]
    if (!kept) {
      const text = textOfFields(this.#messages[message] as never, shape.fields)
      kept = remembered(shape.byText, text, () => new Map())
      shape.kept[message] = kept
    }
    return kept
  }

  #key({ sawSelf, sawSender }: Shape<N>, at: Id, local: number, from: Id): number {
    const self = sawSelf ? at : this.#roleOf(at) === 'replica' ? 0 : 1
    return (local * PLACES + self) * PLACES + (sawSender ? from : 0)
  }
}

/** How messages are merged. */
export type Sharing<N> = (...args: ConstructorParameters<typeof SharedWords>) => SharedWords<N>

function textOfFields(message: Readonly<Record<string, unknown>>, fields: readonly string[]): string {
  return fields.map((field) => (Object.hasOwn(message, field) ? canonical(message[field]) : '')).join()
}
