import type { Twin } from '../../kernel/index.ts'
import type { Effects, Id, Local } from '../../model/index.ts'
import { begun, type Table } from '../../system/index.ts'
import { SimulatedInstance } from './simulated-instance.ts'

/** An input that is offered until it is taken. */
export interface OfferedInput {
  readonly value: string
  readonly time: number
}

/** What comes to a place, and is handled there in the order in which it came. */
export type Item =
  | {
      readonly kind: 'copy'
      readonly from: Id
      readonly message: number
      readonly depth: number
      readonly isFromByzantine: boolean
    }
  | { readonly kind: 'timeout'; readonly timer: string; readonly started: number }
  | { readonly kind: 'coin'; readonly coin: string }
  | { readonly kind: 'input'; readonly asked: OfferedInput }

/** An instance as a machine: it handles one thing at a time, and what comes meanwhile waits. */
export class Host {
  readonly instance: SimulatedInstance
  readonly mailbox: Item[] = []
  /** The next item in the mailbox: taking off the front of a long list is slow. */
  next = 0
  isBusy = false
  hasStopped = false
  /** Running timers, with the number under which each was started. */
  readonly timers = new Map<string, number>()
  readonly coins = new Set<string>()
  /** Senders whose links are stuck: a bound forbids the step on what comes next, and nothing passes it. */
  readonly blocked = new Set<Id>()
  /** Inputs that were of no use so far, in the order in which they were asked. */
  offered: OfferedInput[] = []
  firings = 0
  view = 0
  viewChanges = 0

  constructor(instance: SimulatedInstance) {
    this.instance = instance
  }

  /** The next thing to handle, if any waits. */
  takeItem(): Item | undefined {
    const item = this.mailbox[this.next]
    if (item === undefined) return undefined
    this.next++
    if (this.next === this.mailbox.length) {
      this.mailbox.length = 0
      this.next = 0
    }
    return item
  }
}

/** A participant, or a twin under a Byzantine id, before anything has happened; and what it sends and arms at once. */
export function hosted(table: Table, id: Id, twin?: Twin): { readonly place: Host; readonly effects: Effects } {
  const { local, effects } = begun(table.program, id)
  return {
    place: new Host(new SimulatedInstance(table, id, table.locals.number(local as Local & object), twin)),
    effects,
  }
}
