import { type Edge, type Instance, SENDERS, type Taken } from '../../kernel/index.ts'
import type { Id } from '../../model/index.ts'
import { type AskTable, YES } from '../../system/index.ts'

/** The coalition's messages that firings of one run have used: the healed run hands them over again. */
export class UsedMessages {
  /** By receiver, in order of their numbers; each message with its sender as one number. */
  readonly words: (number[] | undefined)[] = []
  readonly #isKept: boolean

  /** @param isKept does anybody ask for them? */
  constructor(isKept: boolean) {
    this.#isKept = isKept
  }

  /** Remembers the coalition's messages that a firing uses: the trigger, what is taken, and what a quorum lacks. */
  use(instance: Instance, edge: Edge, taken: readonly Taken[]): void {
    if (!this.#isKept) return
    // Whoever restarts has lost them.
    if (edge.event?.kind === 'restart') this.words[instance.id] = undefined
    if (!instance.hasByzantine) return
    const trigger = edge.message < 0 ? undefined : edge.message * SENDERS + instance.senderOf(edge)
    if (trigger !== undefined && isFromByzantine(instance, trigger)) this.#useWord(instance, trigger)
    for (const words of taken)
      for (const word of words) if (isFromByzantine(instance, word)) this.#useWord(instance, word)
    for (let here = edge.node; here.kind === 'asks' && here.ask.ask.kind === 'need'; ) {
      if (needsByzantineMessages(instance, here.ask)) {
        for (const word of missing(instance, here.ask, trigger)) this.#useWord(instance, word)
      }
      const next = here.answers.get(YES)
      if (!next) break
      here = next
    }
  }

  clear(): void {
    if (this.words.length > 0) this.words.length = 0
  }

  useMessage(instance: Instance, message: number, from: Id): void {
    if (!this.#isKept) return
    this.#useWord(instance, message * SENDERS + from)
  }

  #useWord({ id }: Instance, word: number): void {
    this.words[id] ??= []
    const used = this.words[id]
    if (used.includes(word)) return
    used.push(word)
    used.sort((a, b) => a - b)
  }
}

function isFromByzantine(instance: Instance, word: number): boolean {
  return instance.isFromByzantine(Math.floor(word / SENDERS), word % SENDERS)
}

/** Senders of matching messages for which only the coalition stands. */
function byzantineIn({ byzantine, truths, evidence, id }: Instance, ask: AskTable): number {
  const own = ask.answeredBy(evidence.values) & (1 << id)
  return ask.answeredBy(byzantine.values) & ~ask.answeredBy(truths.values) & ~own
}

/** Are there too few without those for whom only the coalition stands? Mostly there are enough. */
function needsByzantineMessages(instance: Instance, ask: AskTable): boolean {
  const byzantine = byzantineIn(instance, ask)
  return byzantine !== 0 && !ask.isMetBy(ask.answeredBy(instance.evidence.values) & ~byzantine)
}

/** The coalition's messages that a quorum needs, after the trigger and what the correct have said; by sender. */
function missing(instance: Instance, ask: AskTable, trigger: number | undefined): number[] {
  const { words } = instance
  const counts = (word: number): boolean => (ask.mask(Math.floor(word / SENDERS)) & (1 << (word % SENDERS))) !== 0
  const byzantine = byzantineIn(instance, ask)
  let counted = trigger !== undefined && counts(trigger) ? 1 << (trigger % SENDERS) : 0
  counted |= ask.answeredBy(instance.evidence.values) & ~byzantine
  const needed: number[] = []
  for (let from = 0; from < SENDERS && !ask.isMetBy(counted); from++) {
    if ((byzantine & ~counted & (1 << from)) === 0) continue
    counted |= 1 << from
    for (let i = 0; i < words.length; i++) {
      const word = words.values[i]!
      if (word % SENDERS !== from || !counts(word)) continue
      needed.push(word)
      break
    }
  }
  return needed
}
