/**
 * Chain replication: writes enter at the head and go down the chain, and the tail, which knows only what all others know,
 * answers.
 *
 * Robbert van Renesse and Fred B. Schneider, "Chain Replication for Supporting High Throughput and Availability", OSDI 2004,
 * section 3, for one object. Replicas that fail would be taken out by a master, which is no part of the model: here all
 * live. Links deliver in any order, so updates are numbered.
 *
 * Any number of replicas may crash but one. Nothing here protects from a Byzantine one.
 *
 * Bounded are the operations of each client, and updates.
 */
import { type Context, defineProtocol, every, range, type Setting } from '../model/index.ts'
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

interface Update {
  client: number
  operation: number
  value: string
}

interface State {
  /** Hist: all updates that have come here. The last one is the object's value. */
  history: Update[]
}

type Message =
  | { type: 'WRITE'; operation: number; value: string }
  | { type: 'READ'; operation: number }
  /** Down the chain: the update of this number. */
  | ({ type: 'UPDATE'; number: number } & Update)
  | { type: 'REPLY'; operation: number; value: string | null }
  | Told

export interface ChainReplication {
  state: State
  client: RegisterClient
  message: Message
  toClients: 'REPLY' | 'TOLD'
  output: RegisterOutput
  rules: typeof rules
}

type Ctx = Context<ChainReplication>

const rules = ({ n, clients, bounds: { operations = 0 } }: Setting) => ({
  isClient: (id: number): boolean => range(clients).some((index) => n + index === id),
  head: 0,
  tail: n - 1,
  /** Whom readers ask: the tail has only what everybody has, so nobody can lose it. */
  answersReads: (replica: number): boolean => replica === n - 1,
  operations,
  isOperation: (operation: number): boolean => range(operations).includes(operation - 1),
})

const last = ({ history }: State): string | null => history.at(-1)?.value ?? null

/** Takes an update, and hands it on; the tail replies. */
function apply(state: State, update: Update, ctx: Ctx): void {
  state.history.push(update)
  const { client, operation, value } = update
  const number = state.history.length
  if (ctx.self === ctx.rules.tail) ctx.send(client, { type: 'REPLY', operation, value })
  else ctx.send(ctx.self + 1, { type: 'UPDATE', number, client, operation, value })
}

export const chainReplication = defineProtocol<ChainReplication>({
  name: 'chain-replication',
  about: 'Chain replication of one object (van Renesse and Schneider, 2004).',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    ...{ f: n - 1, b: 0, clients: 2, values: ['a', READ] },
    inputs: { [n]: ['a'], [n + 1]: [READ] },
    bounds: { operations: 2, updates: 2 },
  }),
  within: ({ history }, { updates }) => history.length <= updates!,

  init: () => ({ history: [] }),

  upon: {
    WRITE(state, { operation, value }, ctx) {
      const client = ctx.from
      if (ctx.self !== ctx.rules.head || client < ctx.n) return
      const isKnown = state.history.some((one) => one.client === client && one.operation === operation)
      if (!isKnown) apply(state, { client, operation, value }, ctx)
    },

    UPDATE(state, { number, client, operation, value }, ctx) {
      const { isClient, isOperation } = ctx.rules
      if (ctx.from !== ctx.self - 1 || number !== state.history.length + 1) return
      if (!isClient(client) || !isOperation(operation)) return
      apply(state, { client, operation, value }, ctx)
    },

    READ(state, { operation }, ctx) {
      if (!ctx.rules.answersReads(ctx.self) || ctx.from < ctx.n) return
      ctx.send(ctx.from, { type: 'REPLY', operation, value: last(state) })
    },
  },

  client: {
    init: newClient,

    input(state, asked, ctx) {
      if (!begins(state, asked, ctx.rules.operations, ctx)) return
      const operation = state.begun
      if (state.write !== null) ctx.send(ctx.rules.head, { type: 'WRITE', operation, value: state.write })
      else ctx.broadcast({ type: 'READ', operation })
    },

    upon: {
      REPLY(state, { operation, value }, ctx) {
        if (state.isIdle || operation !== state.begun) return
        const answers = state.write === null ? ctx.rules.answersReads(ctx.from) : ctx.from === ctx.rules.tail
        if (answers) ends(state, value, ctx)
      },

      TOLD(state, { ended }, ctx) {
        hears(state, ended, ctx.from, ctx)
      },
    },
  },

  alphabet({ n, clients, values, bounds: { operations, updates } }) {
    const value = writable(values)
    const operation = range(operations!).map((i) => i + 1)
    const client = range(clients).map((index) => n + index)
    const number = range(updates!).map((i) => i + 1)
    return [
      ...every({ type: ['WRITE'], operation, value }),
      ...every({ type: ['READ'], operation }),
      ...every({ type: ['UPDATE'], number, client, operation, value }),
      ...every({ type: ['REPLY'], operation, value: [null, ...value] }),
      ...every({ type: ['TOLD'], ended: operation }),
    ]
  },
})

/** Readers take the first answer: the head knows of writes that the tail has not seen. */
export const readAnywhere = chainReplication.variant('read-anywhere', () => ({ answersReads: () => true }))
