/** What a replica of `go-pbft` writes down, and how: every list has one order, so that equal knowledge is an equal state. */
import { byText, canonical, type Id } from '../model/index.ts'

export interface Proposal {
  view: number
  sequence: number
  payload: string
}

/** What votes are counted by; null where the program does not look. */
export interface Ballot {
  sequence: number
  view: number | null
  payload: string | null
}

export interface Tally extends Ballot {
  /** Distinct senders, ascending. */
  senders: Id[]
}

/** A message about a proposal, by phase. */
export interface Early extends Proposal {
  phase: Phase
  from: Id
}

/** In the order in which they make sense. */
export const PHASES = ['PRE_PREPARE', 'PREPARE', 'COMMIT'] as const
export type Phase = (typeof PHASES)[number]

/** Lists are sorted by sequence number or view first. */
export interface State {
  view: number
  /** The last sequence number that this replica gave out as a primary. */
  sequence: number
  lastExecuted: number
  /** Cached; recomputed only where the program does. */
  isPrimary: boolean
  /** One proposal for each sequence number. */
  proposals: Proposal[]
  prepares: Tally[]
  commits: Tally[]
  viewChanges: { view: number; senders: Id[] }[]
  /** Sequence numbers with a commit quorum, executed or not. */
  committed: number[]
  /** Requests that are not executed. Layer 3 only: the program remembers none. */
  waiting?: string[]
  /** Messages of views that are not entered. Layer 3 only: the program drops them. */
  early?: Early[]
}

export const unsigned = (...numbers: number[]): boolean =>
  numbers.every((value) => Number.isSafeInteger(value) && value >= 0)

/** The two have the same fields at null. */
export function order(a: Ballot, b: Ballot): number {
  const [x, y] = [a.payload ?? '', b.payload ?? '']
  return a.sequence - b.sequence || (a.view ?? 0) - (b.view ?? 0) || (x < y ? -1 : x > y ? 1 : 0)
}

export function addSender(senders: Id[], sender: Id): void {
  if (senders.includes(sender)) return
  senders.push(sender)
  senders.sort((a, b) => a - b)
}

export function tallyOf(tallies: Tally[], ballot: Ballot): Tally {
  const known = tallies.find((tally) => order(tally, ballot) === 0)
  if (known) return known
  tallies.push({ ...ballot, senders: [] })
  tallies.sort(order)
  return tallies.find((other) => order(other, ballot) === 0)!
}

export function logged(state: State, sequence: number): Proposal | undefined {
  return state.proposals.find((proposal) => proposal.sequence === sequence)
}

/** Puts a proposal into the log, over whatever was there. */
export function log(state: State, proposal: Proposal): void {
  state.proposals = state.proposals.filter(({ sequence }) => sequence !== proposal.sequence)
  state.proposals.push(proposal)
  state.proposals.sort((a, b) => a.sequence - b.sequence)
}

/** The last view that a replica has entered or asked for. */
export function lastAsked({ view, viewChanges }: State, self: Id): number {
  const own = viewChanges.filter(({ senders }) => senders.includes(self))
  return Math.max(view, ...own.map((change) => change.view))
}

/** Distinct senders of VIEW-CHANGE for a view, this one included. */
export function asked(state: State, view: number, sender: Id): number {
  let entry = state.viewChanges.find((change) => change.view === view)
  if (!entry) {
    entry = { view, senders: [] }
    state.viewChanges.push(entry)
    state.viewChanges.sort((a, b) => a.view - b.view)
    entry = state.viewChanges.find((change) => change.view === view)!
  }
  addSender(entry.senders, sender)
  return entry.senders.length
}

/** Remembers a request until it is executed. */
export function keepWaiting(state: State, payload: string): void {
  const isDone = state.proposals.some((known) => known.payload === payload && known.sequence <= state.lastExecuted)
  if (isDone || state.waiting!.includes(payload)) return
  state.waiting!.push(payload)
  state.waiting!.sort()
}

/** Remembers a message until its view is entered. */
export function keepEarly(state: State, message: Early): void {
  const place = ({ phase, from, view, sequence, payload }: Early): string =>
    canonical([view, PHASES.indexOf(phase), sequence, from, payload])
  if (state.early!.some((known) => place(known) === place(message))) return
  state.early!.push(message)
  state.early!.sort((a, b) => byText(place(a), place(b)))
}

/** Takes out what was kept for the current view, proposals first; what is older is of no use. */
export function takeDue(state: State): Early[] {
  const due = state.early!.filter(({ view }) => view === state.view)
  state.early = state.early!.filter(({ view }) => view > state.view)
  return due
}
