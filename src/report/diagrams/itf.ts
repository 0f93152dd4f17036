import type { Json } from '../../model/index.ts'
import type { RunEvent, RunView } from '../../view/run.ts'
import { headline, titleOf } from '../text/captions.ts'

/** A value as ITF writes it: integers as texts, `null` as a variant, and lists as they are. */
export function itfValue(value: unknown): unknown {
  if (value === null || value === undefined) return { tag: 'None', value: { '#tup': [] } }
  if (typeof value === 'number') return Number.isInteger(value) ? { '#bigint': String(value) } : String(value)
  if (typeof value !== 'object') return value
  if (Array.isArray(value)) return value.map(itfValue)
  const entries = Object.entries(value)
  // Names that ITF keeps for itself, or that a reader leaves out: such an object is a map from texts.
  const isRecord = entries.every(([key]) => !/^(?:#|__)/.test(key) && key !== 'tag' && key !== 'value')
  if (isRecord) return Object.fromEntries(entries.map(([key, part]) => [key, itfValue(part)]))
  return { '#map': entries.map(([key, part]) => [key, itfValue(part)]) }
}

const map = (entries: readonly (readonly [number, unknown])[]): object => ({
  '#map': entries.map(([key, value]) => [{ '#bigint': String(key) }, itfValue(value)]),
})

/**
 * The run in the Informal Trace Format of Apalache and Quint: `locals` by participant, `sent` is every message that was
 * sent, `outputs` what each has put out, `action` and `at` the step that led here.
 */
export function itf(run: RunView): object {
  const locals = new Map(run.initial.map((state, id) => [id, state]))
  const outputs = new Map<number, Json[]>(run.lanes.map(({ id }) => [id, []]))
  const sent: unknown[] = run.envelopes.filter((envelope) => envelope.sent === 0).map(envelopeOf)
  const states = [undefined, ...run.events].map((event, index) => {
    if (event) {
      locals.set(event.at, event.state)
      outputs.set(event.at, [...(outputs.get(event.at) ?? []), ...event.outputs])
      for (const id of [...event.sends, ...byzantineIn(run, event)]) sent.push(envelopeOf(run.envelopes[id]!))
    }
    const running = [...locals].flatMap(([id, state]) => (state === null ? [] : [[id, run.states[state]] as const]))
    return {
      '#meta': { index },
      action: event ? headline(run, event) : 'init',
      at: { '#bigint': String(event?.at ?? -1) },
      locals: map(running),
      outputs: map([...outputs]),
      sent: { '#set': unique(sent.map(itfValue)) },
    }
  })
  return {
    '#meta': {
      format: 'ITF',
      'format-description': 'https://apalache-mc.org/docs/adr/015adr-trace.html',
      description: titleOf(run),
      varTypes: {},
    },
    params: [],
    vars: ['action', 'at', 'locals', 'outputs', 'sent'],
    states,
  }
}

/** What the coalition says, once it has been used. */
function byzantineIn(run: RunView, { receives }: RunEvent): number[] {
  return receives.filter((id) => run.envelopes[id]!.origin !== 'correct')
}

function envelopeOf({ from, to, message }: RunView['envelopes'][number]): object {
  return { from, to: to === 'all' ? 'all' : String(to), message }
}

function unique(values: readonly unknown[]): unknown[] {
  const seen = new Set<string>()
  return values.filter((value) => {
    const text = JSON.stringify(value)
    return !seen.has(text) && seen.add(text)
  })
}
