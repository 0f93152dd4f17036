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
  /** The last view that it has asked for itself. */
  lastAsked: number
  /** Sequence numbers with a commit quorum, executed or not. */
  committed: number[]
  /** Requests that are not executed. Layer 3 only: the program remembers none. */
  waiting?: string[]
  /** Messages of views that are not entered. Layer 3 only: the program drops them. */
  early?: Early[]
}

export const unsigned = (...numbers: number[]): boolean =>
  numbers.every((value) => Number.isSafeInteger(value) && value >= 0)

export function logged(state: State, sequence: number): Proposal | undefined {
  return state.proposals.find((proposal) => proposal.sequence === sequence)
}

/** Puts a proposal into the log, over whatever was there. */
export function log(state: State, proposal: Proposal): void {
  state.proposals = state.proposals.filter(({ sequence }) => sequence !== proposal.sequence)
  state.proposals.push(proposal)
  state.proposals.sort((a, b) => a.sequence - b.sequence)
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
