import {
  type Ask,
  type Auditor,
  type Event,
  type Id,
  leastOf,
  NO_EFFECTS,
  type Program,
  type Reaction,
  type SentMessage,
  weightOf,
} from '../model/index.ts'
import type { AskedFor } from './run.ts'

/** A question that was answered, and the words that matched it. */
export interface Answered extends AskedFor {
  readonly kind: Ask['kind']
  readonly matched: readonly SentMessage[]
  /** Did enough distinct senders say it? */
  readonly satisfied: boolean
}

/** How much is asked for, as data. */
function askedFor({ q }: Ask): AskedFor {
  return { q: leastOf(q), ...(typeof q === 'number' ? {} : { weights: q.weights }) }
}

/** One call of a handler. */
export interface Called {
  readonly at: Id
  readonly event: Event
  readonly answers: readonly Answered[]
  readonly reaction: Reaction
  readonly before: Reaction['local']
}

/**
 * Writes down which handlers run and what they ask, while the reference takes its steps: the questions themselves are
 * asked and answered as ever.
 */
export class Recorder {
  #calls: Called[] = []
  readonly program: Program

  constructor(program: Program) {
    const take: Auditor['take'] = (inner, at, local, event, inbox, taken) => {
      const answers: Answered[] = []
      const fired = taken(inner, at, local, event, (ask) => {
        const matched: SentMessage[] = []
        const match: Ask['match'] = (message, from) => {
          const is = ask.match(message, from)
          if (is && weightOf(ask.q, from) > 0) matched.push({ from, message })
          return is
        }
        const answer = inbox({ ...ask, match })
        answers.push({ kind: ask.kind, ...askedFor(ask), matched, satisfied: answer !== false })
        return answer
      })
      this.#calls.push({ at, event, answers, reaction: fired.reaction, before: local })
      return fired
    }
    this.program = { ...program, audit: { take, wantsChoice: () => false } }
  }

  /** The calls since the last time it was asked. */
  calls(): Called[] {
    const calls = this.#calls
    this.#calls = []
    return calls
  }

  /** Those of them that changed something. */
  effective(): Called[] {
    return this.calls().filter(({ before, reaction }) => reaction.local !== before || reaction.effects !== NO_EFFECTS)
  }
}
