import {
  type AnyMessage,
  type Ask,
  canonical,
  type Event,
  type Id,
  type Inbox,
  type Local,
  NO_EFFECTS,
  type Program,
  type Reaction,
  textOf,
} from '../model/index.ts'
import { fire } from '../system/index.ts'

/** What a rule does next: it asks its inbox, or it is done. */
type Node =
  | { readonly ask: Ask; readonly answers: readonly Answer[]; readonly next: Map<string, Node> }
  | { readonly reaction: Reaction }

type Answer = true | readonly AnyMessage[]

/**
 * Remembers how rules react: local state and message decide what a rule asks, and the answers decide the rest.
 * Thousands of candidates meet the same few local states, and running a reducer is what costs.
 */
class Reactions {
  readonly #program: Program
  readonly #nodes = new WeakMap<Local, Map<string, Node>>()

  constructor(program: Program) {
    this.#program = program
  }

  fire(at: Id, local: Local, event: Event, inbox: Inbox): Reaction {
    let known = this.#nodes.get(local)
    if (!known) {
      known = new Map()
      this.#nodes.set(local, known)
    }
    const what = event.kind === 'message' ? `${event.rule} ${event.from} ${textOf(event.message)}` : canonical(event)
    const key = `${at} ${what}`
    let node = known.get(key)
    if (!node) {
      node = this.#grow(at, local, event, [])
      known.set(key, node)
    }
    while ('ask' in node) {
      const answer = inbox(node.ask)
      if (answer === false) return { local, effects: NO_EFFECTS }
      const text: string = answer === true ? '' : answer.map(textOf).join()
      let next: Node | undefined = node.next.get(text)
      if (!next) {
        next = this.#grow(at, local, event, [...node.answers, answer])
        node.next.set(text, next)
      }
      node = next
    }
    return node.reaction
  }

  /** Runs the rule on the answers so far, up to its next question or its end. */
  #grow(at: Id, local: Local, event: Event, answers: readonly Answer[]): Node {
    let index = 0
    let open: Ask | undefined
    const { reaction } = fire(this.#program, at, local, event, (ask) => {
      const answer = answers[index++]
      if (answer === undefined) open ??= ask
      return answer ?? false
    })
    return open ? { ask: open, answers, next: new Map() } : { reaction }
  }
}

const memory = new WeakMap<Program, Reactions>()

/** What is remembered of a program, for as long as the program itself. */
export function reactionsOf(program: Program): Reactions {
  let known = memory.get(program)
  if (!known) {
    known = new Reactions(program)
    memory.set(program, known)
  }
  return known
}
