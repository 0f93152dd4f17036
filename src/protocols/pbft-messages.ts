/** The states and messages of PBFT's replicas and clients, and which messages count as the same vote. */
import { type Id, type Match, match, same } from '../model/index.ts'

export interface Proposal {
  slot: number
  digest: string
}

/** A digest of one view. */
export interface Vote {
  view: number
  digest: string
}

/** Claims that a digest was prepared in a slot and a view; the proof of VIEW_CHANGE holds what stands behind it. */
export interface Certificate extends Vote {
  slot: number
}

/** What a new view starts from: a stable checkpoint, and one proposal for each slot above it that may be decided. */
export interface Choice {
  stable: number
  checkpoint: string
  preprepares: Proposal[]
}

/** A slot between the watermarks. */
export interface Entry {
  slot: number
  /** The proposal accepted in the current view. */
  accepted: Vote | null
  /** The prepared certificate of the highest view. */
  prepared: Vote | null
  committed: string | null
}

export interface State {
  view: number
  /** False from sending VIEW-CHANGE to adopting NEW-VIEW. */
  active: boolean
  /** The low watermark h, and the digest of the state there. */
  stable: number
  checkpoint: string
  /** Entries of slots above h, ascending. */
  log: Entry[]
  /** The last slot executed, and all requests executed so far: the state of the service. */
  executed: number
  service: string
  /** Clients' requests that wait for execution, and inputs that wait for a slot. */
  pending: string[]
}

/** A client runs one request at a time. */
export interface ClientState {
  issued: string[]
  timestamp: number
  operation: string | null
  /** The view that the last accepted reply named. */
  view: number
}

/** A request of a client. */
export interface Request {
  operation: string
  timestamp: number
  client: Id
}

export type ViewChange = { type: 'VIEW_CHANGE'; view: number; stable: number; checkpoint: string } & {
  certificates: Certificate[]
}
export type NewView = { type: 'NEW_VIEW'; view: number } & Choice

export type Message =
  | ({ type: 'REQUEST' } & Request)
  | ({ type: 'RELAY' } & Request)
  | { type: 'PRE_PREPARE'; view: number; slot: number; digest: string }
  | { type: 'PREPARE'; view: number; slot: number; digest: string }
  | { type: 'COMMIT'; view: number; slot: number; digest: string }
  | { type: 'REPLY'; view: number; timestamp: number; client: Id; result: string }
  | { type: 'CHECKPOINT'; slot: number; digest: string }
  | ViewChange
  | NewView

/** The digest of no requests: of the null request, and of the service before anything is executed. */
export const NOTHING = '-'

/**
 * Digests are perfect and readable: the digest of a list of requests is the list. So a digest stands for the contents,
 * `d = D(m)` always holds, and fetching a batch, or a state, by its digest is not modelled.
 */
export const digestOf = (requests: readonly string[]): string => requests.join('+') || NOTHING

/** The requests behind a digest, whatever the string. */
export const requestsOf = (digest: string): string[] => (digest === NOTHING ? [] : digest.split('+'))

export const nameOfRequest = ({ operation, timestamp, client }: Request): string =>
  `${operation}@c${client}.${timestamp}`

/** The client's request behind a name, or nothing where the name is an input's. */
export function requestNamed(name: string): Request | undefined {
  const [, operation, client, timestamp] = /^(.*)@c(\d{1,9})\.(\d{1,9})$/s.exec(name) ?? []
  return operation === undefined ? undefined : { operation, client: Number(client), timestamp: Number(timestamp) }
}

/** Can a name stand in a list of requests without being taken for something else? */
export const isName = (name: string): boolean => name !== '' && name !== NOTHING && !name.includes('+')

/** Views and slots count from 0; a Byzantine replica may send any number. */
export const isNatural = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** Has the service executed this request, or a later one of the same client (section 4.1)? */
export function isExecuted(service: string, name: string): boolean {
  const request = requestNamed(name)
  return requestsOf(service).some((done) => {
    if (done === name) return true
    const other = request && requestNamed(done)
    return other !== undefined && other.client === request?.client && other.timestamp >= request.timestamp
  })
}

export const changesTo = (view: number, from?: Id) => match<Message>('VIEW_CHANGE', { view }, from)
export const otherChanges = (view: number, self: Id): Match<Message> => {
  const change = changesTo(view)
  return (message, from) => from !== self && change(message, from)
}
/** Votes of backups only: a PREPARE of a primary in its own view does not count. */
export const byBackups = (votes: Match<Message>, n: number): Match<Message> => {
  return (message, from) => votes(message, from) && message.type === 'PREPARE' && from !== message.view % n
}
export const checkpoints = (slot: number, digest: string) => match<Message>('CHECKPOINT', { slot, digest })
export const requestOf = ({ operation, timestamp, client }: Request) =>
  match<Message>('REQUEST', { operation, timestamp, client }, client)
export const replies = (client: Id, timestamp: number, result: string) =>
  match<Message>('REPLY', { client, timestamp, result })

/** The primary proposes in a PRE-PREPARE or, at the start of a view, within its NEW-VIEW. */
export const proposes = (primary: Id, { view, slot, digest }: Certificate): Match<Message> => {
  return (message, from) => {
    if (from !== primary) return false
    if (message.type === 'PRE_PREPARE') return same(message, { type: 'PRE_PREPARE', view, slot, digest })
    if (message.type !== 'NEW_VIEW' || message.view !== view) return false
    return message.preprepares.some((proposal) => proposal.slot === slot && proposal.digest === digest)
  }
}

/** Is this replica the primary of the view it takes part in? */
export const leads = (
  { active, view }: State,
  ctx: { readonly self: Id; readonly rules: { primary(view: number): Id } },
): boolean => active && ctx.rules.primary(view) === ctx.self
