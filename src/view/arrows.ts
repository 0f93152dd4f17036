import type { Id } from '../model/index.ts'
import type { RunView } from './run.ts'

/** One message on its way to one participant, as a line of a space-time diagram. */
export interface Arrow {
  readonly envelope: number
  readonly from: Id
  readonly to: Id
  /** The step that sent it, 0 for the start; what a coalition sends is sent when it is received. */
  readonly sent: number
  /** The step that it reaches; null if it does not get there in the run. */
  readonly arrives: number | null
  readonly kind: 'correct' | 'byzantine' | 'forged' | 'lost' | 'missing'
}

/** Every arrow between the lanes of a run, by the step in which it is sent. */
export function arrowsOf(run: RunView): Arrow[] {
  const lanes = new Set(run.lanes.map(({ id }) => id))
  const shown = new Set(run.events.map(({ number }) => number))
  const end = run.events.at(-1)?.number ?? 0
  const arrows: Arrow[] = []
  for (const event of run.events) {
    for (const id of event.receives) {
      const { from, origin, sent } = run.envelopes[id]!
      // A step that is filtered out sends from where the line begins all the same: at the lane, at its time.
      arrows.push({ envelope: id, from, to: event.at, sent: sent ?? event.number, arrives: event.number, kind: origin })
    }
    if (event.kind === 'loss' && event.trigger !== undefined) {
      const { from, sent } = run.envelopes[event.trigger]!
      arrows.push({ envelope: event.trigger, from, to: event.at, sent: sent ?? 0, arrives: event.number, kind: 'lost' })
    }
    for (const id of event.sends) {
      const { missing, lost, from, arrivals } = run.envelopes[id]!
      const has = (receiver: Id): boolean => arrivals.some(({ at, step }) => at === receiver && step <= end)
      for (const to of missing.filter((receiver) => !lost.includes(receiver) && receiver !== from && !has(receiver))) {
        arrows.push({ envelope: id, from, to, sent: event.number, arrives: null, kind: 'missing' })
      }
    }
  }
  return arrows
    .filter(({ from, to, sent }) => lanes.has(from) && lanes.has(to) && from !== to && (sent === 0 || shown.has(sent)))
    .sort((a, b) => a.sent - b.sent || (a.arrives ?? 0) - (b.arrives ?? 0) || a.envelope - b.envelope || a.to - b.to)
}
