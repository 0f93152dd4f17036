/** From a rule's tree of questions to what it does, on the messages of one inbox. */
import {
  type Event,
  HarnessError,
  type Id,
  type Inbox,
  type Json,
  type Local,
  partAt,
  type Reaction,
} from '../model/index.ts'
import { type Leaf, type Node, satisfied } from './nodes.ts'
import type { Table } from './table.ts'

/** What an event does in a local state. */
export function nodeOf(table: Table, at: Id, local: number, event: Event): Node {
  switch (event.kind) {
    case 'message': {
      const rule = partAt(table.program, at).byName.get(event.rule)!
      return table.onMessage(at, local, rule, table.messages.number(event.message), event.from)
    }
    case 'round':
      throw new HarnessError('rounds are not in the tables')
    default:
      return table.alone(at, local, event)
  }
}

/** What is done once an inbox has answered all questions; nothing where it cannot, or nothing is done. */
export function leafOf(table: Table, root: Node, inbox: Inbox): Leaf | undefined {
  let node = root
  while (node.kind === 'asks') {
    const answer = inbox(node.ask.ask)
    if (answer === false) return undefined
    node =
      answer === true
        ? satisfied(node)
        : table.take(
            node,
            answer.map((message) => table.messages.number(message)),
          )
  }
  return node.kind === 'fires' ? node : undefined
}

/** The same with values for numbers. A local state that stays as it is is the very object that it was. */
export function reactionOf(table: Table, { local, sent, outputs, notes, factors }: Leaf, before: Local): Reaction {
  const value = (number: number): Json => table.outputs.values[number]!
  const isSame = table.locals.number(before as Local & object) === local
  return {
    local: isSame ? before : table.locals.values[local]!,
    effects: {
      sent: sent.map(({ to, message }) => ({ to, message: table.messages.values[message]! })),
      outputs: outputs.map(value),
      notes: notes.map((note) => (value(note) as { note: Json }).note),
      factors,
    },
  }
}
