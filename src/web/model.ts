import { decisionText, headline, sendingText } from '../report/text/captions.ts'
import { type Arrow, arrowsOf } from '../view/arrows.ts'
import { pastOf } from '../view/causality.ts'
import type { RunEvent, RunView } from '../view/run.ts'

/** What a reader has chosen to see. */
export interface Filter {
  readonly hiddenLanes: ReadonlySet<number>
  readonly hiddenTypes: ReadonlySet<string>
  /** Only what the selected step follows from. */
  readonly onlyPast: boolean
  readonly showMissing: boolean
}

export const EVERYTHING: Filter = {
  hiddenLanes: new Set(),
  hiddenTypes: new Set(),
  onlyPast: false,
  showMissing: true,
}

/** The run with the healed run behind it, as one list of steps. */
export function allSteps(run: RunView): RunView {
  return { ...run, events: [...run.events, ...run.healed] }
}

/** The steps that are shown, in order. */
export function shownSteps(run: RunView, filter: Filter, past: ReadonlySet<number>): RunEvent[] {
  return run.events.filter((event) => {
    if (filter.hiddenLanes.has(event.at) || (filter.onlyPast && !past.has(event.number))) return false
    const type = event.trigger === undefined ? undefined : run.envelopes[event.trigger]!.message.type
    return type === undefined || !filter.hiddenTypes.has(type) || event.outputs.length > 0
  })
}

/** An arrow by the rows that it leads from and to. */
export interface PlacedArrow extends Arrow {
  readonly first: number
  readonly last: number
}

/** The arrows between the steps that are shown. */
export function shownArrows(run: RunView, rows: ReadonlyMap<number, number>, filter: Filter): PlacedArrow[] {
  return arrowsOf(run).flatMap((arrow) => {
    const type = run.envelopes[arrow.envelope]!.message.type
    const isHidden = [arrow.from, arrow.to].some((id) => filter.hiddenLanes.has(id)) || filter.hiddenTypes.has(type)
    if (isHidden || (arrow.kind === 'missing' && !filter.showMissing)) return []
    const first = arrow.sent === 0 ? -1 : rows.get(arrow.sent)
    const last = arrow.arrives === null ? first : rows.get(arrow.arrives)
    return first === undefined || last === undefined ? [] : [{ ...arrow, first, last }]
  })
}

/** What a search looks in, in lower case. */
export function searchText(run: RunView, event: RunEvent): string {
  const name = run.lanes.find(({ id }) => id === event.at)!.name
  return [String(event.number), name, headline(run, event), sendingText(run, event), decisionText(event)]
    .join(' ')
    .toLowerCase()
}

export function typesOf(run: RunView): string[] {
  return [...new Set(run.envelopes.map(({ message }) => message.type))].sort()
}

export function pastSet(run: RunView, number: number): ReadonlySet<number> {
  return new Set(number > 0 ? pastOf(run, number) : [])
}
