/** PBFT's named rules: quorums, gates, the choice of a new view, and the proofs that receivers verify. */
import {
  all,
  any,
  byText,
  type Context,
  type Definition,
  every,
  type Id,
  type Match,
  match,
  range,
  type Setting,
  said,
  same,
} from '../model/index.ts'
import {
  byBackups,
  type Certificate,
  type Choice,
  type ClientState,
  changesTo,
  checkpoints,
  type Entry,
  isExecuted,
  isName,
  isNatural,
  type Message,
  NOTHING,
  proposes,
  requestNamed,
  requestOf,
  requestsOf,
  type State,
} from './pbft-messages.ts'

/** Quorums of votes, all from one number q. */
export const quorums = (q: number) => ({
  /** VIEW-CHANGEs for a new view: q of them meet every commit quorum in a correct replica, which was prepared. */
  quorum: q,
  /** With the primary's proposal, q replicas stand behind one digest: a second one cannot be prepared in this view. */
  prepareQuorum: q - 1,
  /** q replicas were prepared, so every later quorum of VIEW-CHANGEs has a correct one that carries the certificate. */
  commitQuorum: q,
})

/** Equal CHECKPOINTs that make one stable. */
export const stableAt = (q: number) => ({
  /** What a replica asks of its inbox. */
  checkpointQuorum: q,
  /** What it shows for its low watermark in a VIEW-CHANGE. */
  checkpointProof: q,
})

type Gate = (state: State, view: number) => boolean
/** Votes that count for a proposal. */
type Votes = (view: number, slot: number, digest: string) => Match<Message>

export const rules = ({ n, f, clients, bounds }: Setting) => ({
  primary: (view: number): Id => view % n,

  /** Any two share f + 1 replicas, one of them correct: 2q − n ≥ f + 1. It is 2f + 1 where n = 3f + 1. */
  ...quorums(Math.ceil((n + f + 1) / 2)),
  /**
   * One of f + 1 is correct, so a correct replica wants to leave this view: a Byzantine replica alone cannot disturb
   * it.
   */
  joinQuorum: f + 1,
  /** Of 2f + 1, f + 1 are correct: the state is right, and stays available when f of them fail. */
  ...stableAt(2 * f + 1),
  /** One of f + 1 replies is a correct replica's. */
  replyQuorum: f + 1,

  batch: bounds['batch'] ?? 1,
  /** K: a checkpoint is taken at its multiples. */
  interval: bounds['checkpoint'] ?? 100,
  /** L: the high watermark is H = h + L. */
  window: bounds['window'] ?? 200,
  /** T doubles from view to view, so that in the end it outlasts the network's delay (liveness, section 4.5.2). */
  patience: (view: number): number => 2 ** Math.min(view, 30),

  /** The view gate: between VIEW-CHANGE and NEW-VIEW, and for other views, no proposal and no vote counts. */
  current: ((state, view) => state.active && view === state.view) as Gate,
  /** May a NEW-VIEW of this view be adopted? */
  follows: ((state, view) => isNatural(view) && (view > state.view || (view === state.view && !state.active))) as Gate,
  /** May a bare PRE-PREPARE open its view? */
  opens: (() => false) as Gate,
  /** Backups send PREPARE; the primary's PRE-PREPARE is its vote. */
  saysPrepare: (self: Id, view: number): boolean => self !== view % n,
  /** May this stand in a proposal? Where there are clients, only what a client may have signed. */
  isBatch: (digest: string): boolean => clients === 0 || requestsOf(digest).every((name) => requestNamed(name)),

  prepares: ((view, slot, digest) => byBackups(match('PREPARE', { view, slot, digest }), n)) as Votes,
  commits: ((view, slot, digest) => match<Message>('COMMIT', { view, slot, digest })) as Votes,
  /** May the proposal accepted in this slot be decided once it has its COMMITs? */
  mayCommit: ({ accepted, prepared }: Entry): boolean => prepared !== null && prepared.view === accepted?.view,
  /** The slot to execute next: in order, without a gap. */
  next: ({ log, executed }: State): Entry | undefined =>
    log.find(({ slot, committed }) => slot === executed + 1 && committed !== null),
  /** Is this request to be executed, or was it before? */
  isNew: (service: string, name: string): boolean => !isExecuted(service, name),

  /** P of a VIEW-CHANGE: for each slot above h the certificate of the highest view. */
  certificates: (log: readonly Entry[]): Certificate[] =>
    log.flatMap(({ slot, prepared }) => (prepared ? [{ view: prepared.view, slot, digest: prepared.digest }] : [])),
  /** Which of two certificates for a slot is carried over? A decision is in the highest view or agrees with it. */
  outranks: (one: Certificate, other: Certificate): boolean =>
    one.view > other.view || (one.view === other.view && byText(one.digest, other.digest) < 0),
  /** Does the null request fill slots that nobody prepared, so that later ones can be executed? */
  fillsGaps: true,
  /** Does a NEW-VIEW propose what its VIEW-CHANGEs ask for? */
  isChosen: (proposed: Choice, chosen: Choice): boolean => same(proposed, chosen),
})

export type Rules = ReturnType<typeof rules>

/** The primary of a new view, and whoever checks it, computes O from its quorum of VIEW-CHANGEs (section 4.4). */
export function choose(messages: readonly Message[], rules: Rules): Choice {
  const changes = messages.filter((message) => message.type === 'VIEW_CHANGE')
  const choice: Choice = { stable: 0, checkpoint: NOTHING, preprepares: [] }
  for (const { stable, checkpoint } of changes) {
    const tie = stable === choice.stable && stable > 0 && byText(checkpoint, choice.checkpoint) < 0
    if (isNatural(stable) && (stable > choice.stable || tie)) Object.assign(choice, { stable, checkpoint })
  }
  const minS = choice.stable
  const certificates = changes
    .flatMap((change) => change.certificates)
    .filter(({ slot }) => isNatural(slot) && slot > minS && slot <= minS + rules.window)
  const maxS = certificates.reduce((highest, { slot }) => Math.max(highest, slot), minS)
  for (let slot = minS + 1; slot <= maxS; slot++) {
    const rivals = certificates.filter((certificate) => certificate.slot === slot)
    if (rivals.length > 0) {
      const { digest } = rivals.reduce((best, other) => (rules.outranks(other, best) ? other : best))
      choice.preprepares.push({ slot, digest })
    } else if (rules.fillsGaps) choice.preprepares.push({ slot, digest: NOTHING })
  }
  return choice
}

/** What must have been sent before anybody can send this: what receivers verify, by signatures. */
const proofs: Definition<Pbft>['proofs'] = {
  RELAY: (request) => said(1, requestOf(request), undefined, 'client'),
  PRE_PREPARE: ({ digest }) =>
    all(
      requestsOf(digest).flatMap((name) => {
        const request = requestNamed(name)
        return request ? [said(1, requestOf(request), undefined, 'client')] : []
      }),
    ),
  VIEW_CHANGE: ({ view: next, stable, checkpoint, certificates }, { rules }) =>
    all([
      ...(stable === 0 && checkpoint === NOTHING ? [] : [said(rules.checkpointProof, checkpoints(stable, checkpoint))]),
      ...certificates.flatMap((certificate) => {
        const { view, slot, digest } = certificate
        // TOCS 2002, on view changes: accepted only if all that it tells of is of views before the new one.
        if (view >= next) return [any<Message>([])]
        const proposal = said(1, proposes(rules.primary(view), certificate))
        return [proposal, said(rules.prepareQuorum, rules.prepares(view, slot, digest))]
      }),
    ]),
  NEW_VIEW: ({ view, stable, checkpoint, preprepares }, { rules }) =>
    said(rules.quorum, changesTo(view), (changes) =>
      rules.isChosen({ stable, checkpoint, preprepares }, choose(changes, rules)),
    ),
}

/**
 * Every message of one slot without clients, as long as no checkpoint is due. A view that is out of bounds stands for
 * all such; a certificate of one cannot be proved, since no correct replica votes there. Nor can a stable checkpoint:
 * where its proof asks for nobody, a Byzantine replica may claim any, and nothing is declared.
 */
const alphabet: Definition<Pbft>['alphabet'] = ({ values, clients, bounds, rules }) => {
  const { views, slots, checkpoint, batch } = bounds
  if (clients > 0 || slots !== 1 || checkpoint! <= slots || batch !== 1 || rules.checkpointProof < 1) return undefined
  const names = values.filter(isName)
  const view = range(views! + 1)
  const sets = <T>(items: readonly T[]): T[][] => [[], ...items.map((item) => [item])]
  const start = { stable: [0], checkpoint: [NOTHING], view: view.slice(1) }
  const certificates = sets(every({ view: range(views!), slot: [1], digest: names }))
  return [
    ...every({ type: ['PRE_PREPARE', 'PREPARE', 'COMMIT'], view, slot: [1], digest: names }),
    ...every({ type: ['VIEW_CHANGE'], ...start, certificates }),
    ...every({ type: ['NEW_VIEW'], ...start, preprepares: sets(every({ slot: [1], digest: names })) }),
  ]
}

/** What can be sent at all. P of a VIEW-CHANGE, and O of a NEW-VIEW, are sets (section 4.4). */
export const envelopes = { alphabet, proofs, sets: ['certificates', 'preprepares'] }

/** Is this slot between the watermarks: h < s ≤ H? */
export const isOpen = ({ stable }: State, slot: number, ctx: Context<Pbft>): boolean =>
  isNatural(slot) && slot > stable && slot <= stable + ctx.rules.window

export function entryOf(state: State, slot: number): Entry {
  const known = state.log.find((entry) => entry.slot === slot)
  if (known) return known
  state.log.push({ slot, accepted: null, prepared: null, committed: null })
  state.log.sort((one, other) => one.slot - other.slot)
  return state.log.find((entry) => entry.slot === slot)!
}

/** The entry whose proposal of this view was accepted, where the view gate lets votes for it in. */
export function entryIn(
  state: State,
  view: number,
  slot: number,
  ctx: Context<Pbft>,
): (Entry & { accepted: object }) | undefined {
  if (!ctx.rules.current(state, view)) return undefined
  return state.log.find((entry) => entry.slot === slot && entry.accepted?.view === view) as never
}

/** Section 4.3: h moves up to a stable checkpoint, and the log below it is garbage. */
export function advance(state: State, slot: number, digest: string): void {
  if (slot <= state.stable) return
  Object.assign(state, { stable: slot, checkpoint: digest })
  state.log = state.log.filter((entry) => entry.slot > slot)
}

/** What the view gate no longer lets in is forgotten. */
export function forget(state: State, ctx: Context<Pbft>): void {
  for (const entry of state.log) {
    if (entry.accepted && !ctx.rules.current(state, entry.accepted.view)) entry.accepted = null
  }
  state.log = state.log.filter(({ accepted, prepared, committed }) => accepted || prepared || committed !== null)
}

export interface Pbft {
  state: State
  client: ClientState
  message: Message
  toClients: 'REPLY'
  output:
    | { slot: number; digest: string }
    | { executed: string }
    /** State transfer: all that was executed up to a checkpoint, in one piece. */
    | { adopted: string }
    /** A client has the result of its request: the service with it. */
    | { accepted: string; result: string }
  note: { prepared: Certificate } | { committed: Certificate } | { entered: { view: number } & Choice }
  timer: 'view' | 'request'
  rules: typeof rules
}
