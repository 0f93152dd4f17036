import { type Id, UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import type { RunEvent, RunView } from '../../view/run.ts'

/** What a picture is to leave out. */
export interface PictureFilter {
  /** Only what happens at these participants. */
  readonly only?: readonly string[]
  /** Types of messages. What they trigger is left out too, unless something is decided there. */
  readonly hide?: readonly string[]
}

/**
 * A run without what is not wanted. Steps keep their numbers.
 * @throws UsageError for a participant, or a type of message, that the run does not have
 */
export function filtered(run: RunView, { only, hide }: PictureFilter): RunView {
  const lanes = only ? idsOf(run, only) : run.lanes.map(({ id }) => id)
  const hidden = new Set(hide ?? [])
  assertTypes(run, [...hidden])
  const isHidden = (id: number): boolean => hidden.has(run.envelopes[id]!.message.type)
  const keep = (event: RunEvent): boolean =>
    lanes.includes(event.at) &&
    (event.trigger === undefined || !isHidden(event.trigger) || event.outputs.length > 0 || event.threw !== undefined)
  const without = (event: RunEvent): RunEvent => ({
    ...event,
    receives: event.receives.filter((id) => !isHidden(id)),
    sends: event.sends.filter((id) => !isHidden(id)),
  })
  return {
    ...run,
    lanes: run.lanes.filter(({ id }) => lanes.includes(id)),
    events: run.events.filter(keep).map(without),
    healed: run.healed.filter(keep).map(without),
  }
}

function idsOf(run: RunView, names: readonly string[]): Id[] {
  return names.map((name) => {
    const lane = run.lanes.find((one) => one.name === name || String(one.id) === name)
    if (lane) return lane.id
    const known = run.lanes.map((one) => one.name)
    throw new UsageError(`there is no participant ${name} in this run`, `there are ${known.join(', ')}`)
  })
}

function assertTypes(run: RunView, types: readonly string[]): void {
  const known = [...new Set(run.envelopes.map(({ message }) => message.type))].sort()
  for (const type of types) {
    if (known.includes(type)) continue
    const list = known.length > 0 ? `there are ${known.join(', ')}` : 'there are none'
    throw new UsageError(`no message of type ${type} is in this run`, didYouMean(type, known, list))
  }
}
