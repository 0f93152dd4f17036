import type { Id } from '../../model/index.ts'
import type { RunView, SentEnvelope } from '../../view/run.ts'
import { decisionText, headline, shortMessage } from '../text/captions.ts'

type Clock = ReadonlyMap<string, number>

function merged(clocks: readonly (Clock | undefined)[]): Map<string, number> {
  const all = new Map<string, number>()
  for (const clock of clocks) {
    for (const [host, time] of clock ?? []) all.set(host, Math.max(time, all.get(host) ?? 0))
  }
  return all
}

/** The parser of ShiViz takes one line of text and one with the host and its clock. */
function entry(text: string, host: string, clock: Clock): string {
  return `${text.replace(/[\n{}]/g, ' ').trim()}\n${host} ${JSON.stringify(Object.fromEntries(clock))}`
}

/**
 * The run as a log with vector clocks, for ShiViz, whose default expression reads it. What a Byzantine replica says is
 * an event of the Byzantine replica's: it comes after what its proof rests on, and before it is heard.
 */
export function shiviz(run: RunView): string {
  const host = (id: Id): string => run.lanes.find((lane) => lane.id === id)?.name ?? `p${id}`
  const byzantineReplica = run.setting.byzantine[0]
  const clocks = new Map<string, Clock>()
  const bySend = new Map<number, Clock>()
  const byStep = new Map<number, Clock>()
  const lines: string[] = []
  const tick = (name: string, text: string, behind: readonly (Clock | undefined)[]): Clock => {
    const clock = merged([clocks.get(name), ...behind])
    clock.set(name, (clocks.get(name)?.get(name) ?? 0) + 1)
    clocks.set(name, clock)
    lines.push(entry(text, name, clock))
    return clock
  }
  const clockOf = ({ id, sent }: SentEnvelope): Clock | undefined => (sent === null ? bySend.get(id) : byStep.get(sent))
  for (const event of run.events) {
    for (const id of event.receives) {
      const envelope = run.envelopes[id]!
      if (envelope.origin === 'correct' || bySend.has(id)) continue
      const behind = envelope.restsOn.map((one) => clockOf(run.envelopes[one]!))
      const from = host(envelope.origin === 'forged' ? (byzantineReplica ?? envelope.from) : envelope.from)
      bySend.set(id, tick(from, `sends ${shortMessage(envelope.message)} to ${host(event.at)}`, behind))
    }
    const byzantineMessages = event.receives.map((id) => bySend.get(id))
    const text = [headline(run, event), decisionText(event)].filter(Boolean).join('; ')
    byStep.set(
      event.number,
      tick(host(event.at), text, [...event.causes.map((cause) => byStep.get(cause)), ...byzantineMessages]),
    )
  }
  return lines.map((line) => `${line}\n`).join('')
}
