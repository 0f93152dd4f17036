import { type Id, type Program, type SentMessage, textOf } from '../model/index.ts'
import {
  canBeShown,
  deliversOnce,
  type ProvedMessage,
  partsOf,
  receivers,
  type System,
  textOfWord,
} from '../system/index.ts'
import type { SentEnvelope } from './run.ts'

type Open = { -readonly [K in keyof SentEnvelope]: SentEnvelope[K] } & {
  arrivals: { at: Id; step: number }[]
  lost: Id[]
}

/** Where a message is looked for: what arrives anew where each copy arrives once, or anything that was sent. */
export type Sought = 'copy' | 'any'

/** The envelopes of a run while it is taken: who sent what when, and whom it reaches. */
export class SentInRun {
  readonly #program: Program
  readonly #envelopes: Open[] = []
  readonly #byWord = new Map<string, Open[]>()

  constructor(program: Program) {
    this.#program = program
  }

  /** A correct participant sends something. */
  send(from: Id, to: Id | 'all', message: SentMessage['message'], sent: number, round?: number): number {
    return this.#add({ from, message }, to, 'correct', { sent, ...(round === undefined ? {} : { round }) }).id
  }

  /**
   * The envelope that a participant receives. What no correct participant has sent to it is the coalition's.
   * @param before the state in which it receives it, for what stands behind a proof
   */
  heard(word: ProvedMessage, at: Id, wanted: Sought): number {
    const known = this.#byWord.get(textOfWord(word)) ?? []
    const isFromByzantine = ({ origin, to }: Open): boolean => origin !== 'correct' && to === at
    const isFor = (envelope: Open): boolean =>
      envelope.origin === 'correct' && (envelope.to === at || envelope.to === 'all')
    const has = ({ arrivals }: Open): boolean => arrivals.some((arrival) => arrival.at === at)
    const fresh = known.find((envelope) => isFor(envelope) && !has(envelope) && !envelope.lost.includes(at))
    const found =
      wanted === 'copy' && deliversOnce(this.#program)
        ? fresh
        : (known.find((envelope) => (isFor(envelope) || isFromByzantine(envelope)) && has(envelope)) ??
          fresh ??
          known.find(isFromByzantine))
    // Signed messages can be shown to anybody, also a second time.
    const shown = canBeShown(this.#program, word.message)
      ? known.find(({ origin }) => origin === 'correct')
      : known.find(({ from, origin }) => from === at && origin === 'correct' && wanted === 'any')
    return (found ?? shown ?? this.#byzantineMessage(word, at)).id
  }

  /** Where a message is only mentioned, inside the witness of a proof: the envelope, if it was ever seen as one. */
  mentioned(word: SentMessage): number | undefined {
    return this.#byWord.get(textOfWord(word))?.[0]?.id
  }

  /** Notes that an envelope reaches somebody. Says whether it is the first time. */
  arrive(id: number, at: Id, step: number): boolean {
    const envelope = this.#envelopes[id]!
    if (
      envelope.from === at &&
      envelope.origin === 'correct' &&
      this.#program.protocol.definition.selfDelivery !== 'network'
    )
      return false
    if (envelope.arrivals.some((arrival) => arrival.at === at)) return false
    envelope.arrivals.push({ at, step })
    return true
  }

  lose(word: SentMessage, at: Id): number {
    const known = this.#byWord.get(textOfWord(word)) ?? []
    const has = ({ arrivals, lost }: Open): boolean => lost.includes(at) || arrivals.some((one) => one.at === at)
    const envelope = known.find((one) => !has(one)) ?? known[0]!
    envelope.lost.push(at)
    return envelope.id
  }

  get(id: number): SentEnvelope {
    return this.#envelopes[id]!
  }

  /** Who has not got what, from now on. What a coalition sends, it sends to whoever receives it. */
  close(running: readonly Id[]): void {
    for (const envelope of this.#envelopes) {
      if (envelope.origin !== 'correct') continue
      const reached = envelope.arrivals.map(({ at }) => at)
      envelope.missing = receivers(this.#program, envelope.from, envelope.to).filter(
        (id) => running.includes(id) && !reached.includes(id),
      )
    }
  }

  envelopes(): readonly SentEnvelope[] {
    return this.#envelopes
  }

  #byzantineMessage(word: ProvedMessage, at: Id): Open {
    const origin = this.#program.setting.byzantine.includes(word.from) ? 'byzantine' : 'forged'
    const restsOn = [
      ...new Set(
        partsOf(word)
          .slice(1)
          .flatMap((one) => this.mentioned(one) ?? []),
      ),
    ]
    return this.#add(word, at, origin, { sent: null, restsOn })
  }

  #add(
    { from, message }: SentMessage,
    to: Id | 'all',
    origin: SentEnvelope['origin'],
    rest: Partial<SentEnvelope>,
  ): Open {
    const id = this.#envelopes.length
    const envelope: Open = {
      id,
      from,
      to,
      message,
      origin,
      sent: null,
      arrivals: [],
      lost: [],
      missing: [],
      restsOn: [],
      ...rest,
    } as Open
    this.#envelopes.push(envelope)
    const key = textOfWord(envelope)
    const known = this.#byWord.get(key)
    if (known) known.push(envelope)
    else this.#byWord.set(key, [envelope])
    return envelope
  }
}

/**
 * What a handler sent that is new: where messages may arrive any number of times, sending one again makes no
 * difference.
 */
export function isSaidAlready(
  program: Program,
  { soup }: System,
  from: Id,
  to: Id | 'all',
  message: SentMessage['message'],
) {
  if (deliversOnce(program)) return false
  const text = textOf(message)
  return soup.some((word) => word.from === from && word.to === to && textOf(word.message) === text)
}
