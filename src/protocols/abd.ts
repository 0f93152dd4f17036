/**
 * A register that a majority of replicas keeps: whoever reads or writes asks a majority for the newest value, and stores
 * one at a majority. Readers, too: they write back what they have read.
 *
 * Hagit Attiya, Amotz Bar-Noy and Danny Dolev, "Sharing Memory Robustly in Message-Passing Systems", Journal of the ACM
 * 42(1), 1995, section 3; for several writers, Nancy Lynch and Alexander Shvartsman, "Robust Emulation of Shared Memory Using
 * Dynamic Quorum-Acknowledged Broadcasts", FTCS 1997: a write asks for the highest tag first.
 *
 * n > 2f, where f replicas may crash. Nothing here protects from a Byzantine replica.
 *
 * Bounded are the operations of each client, and timestamps: a write that needs a higher one is not done. Two reads one after the other show a new value, and then an old one.
 */
import { type Context, defineProtocol, every, match, range, type Setting } from '../model/index.ts'
import {
  begins,
  ends,
  hears,
  newClient,
  READ,
  type RegisterClient,
  type RegisterOutput,
  type Told,
  writable,
} from './register-client.ts'

/** A value with its tag: tags are ordered by timestamp, then by writer. */
interface Tagged {
  timestamp: number
  writer: number
  value: string | null
}

type Client = RegisterClient & {
  /** Has it asked a majority, and stores a value now? */
  stored: Tagged | null
}

type Message =
  | { type: 'QUERY'; operation: number }
  | ({ type: 'STATE'; operation: number } & Tagged)
  | ({ type: 'STORE'; operation: number } & Tagged)
  | { type: 'ACK'; operation: number }
  | Told

type StateMessage = Extract<Message, { type: 'STATE' }>

export interface Abd {
  state: Tagged
  client: Client
  message: Message
  toClients: 'STATE' | 'ACK' | 'TOLD'
  output: RegisterOutput
  rules: typeof rules
}

type Ctx = Context<Abd>

/** Nobody has written. */
const NONE = -1
const UNWRITTEN: Tagged = { timestamp: 0, writer: NONE, value: null }

const isNewer = (one: Tagged, other: Tagged): boolean =>
  one.timestamp > other.timestamp || (one.timestamp === other.timestamp && one.writer > other.writer)

const newest = (states: readonly Message[]): Tagged => {
  let best = UNWRITTEN
  for (const one of states as readonly StateMessage[]) if (isNewer(one, best)) best = one
  return { timestamp: best.timestamp, writer: best.writer, value: best.value }
}

const rules = ({ n, clients, bounds: { operations = 0, timestamps = 0 } }: Setting) => ({
  /**
   * Two majorities share a replica: whoever asks one learns all that was stored at one before. That the replica tells
   * the truth is all that this stands on: here nobody is Byzantine.
   */
  quorum: Math.floor(n / 2) + 1,
  operations,
  timestamps,
  isWriter: (id: number): boolean => id === NONE || range(clients).some((index) => n + index === id),
  /** Do readers store what they have read before they return it? */
  writesBack: true,
})

/** What replicas answer with a tag that some write can have. */
const states =
  (operation: number, { rules: { timestamps, isWriter } }: Ctx) =>
  (message: Message): boolean =>
    message.type === 'STATE' &&
    message.operation === operation &&
    range(timestamps + 1).includes(message.timestamp) &&
    isWriter(message.writer)

function end(state: Client, value: string | null, ctx: Ctx): void {
  state.stored = null
  ends(state, value, ctx)
}

export const abd = defineProtocol<Abd>({
  name: 'abd',
  about: 'The register of Attiya, Bar-Noy and Dolev (1995), with tags for several writers.',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    ...{ f: Math.floor((n - 1) / 2), b: 0, clients: 2, values: ['a', READ] },
    inputs: { [n]: ['a'], [n + 1]: [READ] },
    bounds: { operations: 2, timestamps: 2 },
  }),

  init: () => ({ ...UNWRITTEN }),

  upon: {
    QUERY({ timestamp, writer, value }, { operation }, ctx) {
      if (ctx.from >= ctx.n) ctx.send(ctx.from, { type: 'STATE', operation, timestamp, writer, value })
    },

    STORE(state, { operation, timestamp, writer, value }, ctx) {
      if (ctx.from < ctx.n) return
      if (isNewer({ timestamp, writer, value }, state)) Object.assign(state, { timestamp, writer, value })
      ctx.send(ctx.from, { type: 'ACK', operation })
    },
  },

  client: {
    init: (ctx) => ({ ...newClient(ctx), stored: null }),

    input(state, asked, ctx) {
      if (!begins(state, asked, ctx.rules.operations, ctx)) return
      ctx.broadcast({ type: 'QUERY', operation: state.begun })
    },

    upon: {
      STATE(state, { operation }, ctx) {
        if (state.isIdle || state.stored !== null || operation !== state.begun) return
        const found = ctx.take(ctx.rules.quorum, states(operation, ctx), newest)
        const { write } = state
        if (write !== null && found.timestamp >= ctx.rules.timestamps) return
        if (write === null && !ctx.rules.writesBack) return end(state, found.value, ctx)
        const stored = write === null ? found : { timestamp: found.timestamp + 1, writer: ctx.self, value: write }
        state.stored = stored
        ctx.broadcast({ type: 'STORE', operation, ...stored })
      },

      ACK(state, { operation }, ctx) {
        if (state.stored === null || operation !== state.begun) return
        ctx.need(ctx.rules.quorum, match('ACK', { operation }))
        end(state, state.stored.value, ctx)
      },

      TOLD(state, { ended }, ctx) {
        hears(state, ended, ctx.from, ctx)
      },
    },
  },

  alphabet({ n, clients, values, bounds: { operations, timestamps } }) {
    const value = writable(values)
    const operation = range(operations!).map((i) => i + 1)
    const timestamp = range(timestamps! + 1)
    const writer = [NONE, ...range(clients).map((index) => n + index)]
    return [
      ...every({ type: ['QUERY', 'ACK'], operation }),
      ...every({ type: ['STATE', 'STORE'], operation, timestamp, writer, value: [null, ...value] }),
      ...every({ type: ['TOLD'], ended: operation }),
    ]
  },
})

/** What a regular register does: of two reads during a write, the second one may be older. */
export const noWriteBack = abd.variant('no-write-back', () => ({ writesBack: false }))
