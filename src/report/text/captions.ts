import type { AnyMessage, Id } from '../../model/index.ts'
import { grouped } from '../../model/remembered.ts'
import { nameOf } from '../../model/setting.ts'
import type { RunEvent, RunView, SentEnvelope } from '../../view/run.ts'
import { fieldsOf, valueText } from './value.ts'
import { visible } from './visible.ts'

/** A label in a picture is at most so long. */
const MOST_CHARACTERS = 44

/** Numbers that papers write as `v0`, `s1`. */
const COUNTED = new Set(['view', 'round', 'slot', 'seq', 'ballot'])

function fieldText([name, value]: [string, unknown]): string {
  if (typeof value === 'number') return COUNTED.has(name) ? `${name[0]}${value}` : `${visible(name)} ${value}`
  if (typeof value === 'boolean') return `${visible(name)} ${value}`
  if (typeof value === 'string') return value.length > 20 ? `${visible(value.slice(0, 19))}…` : visible(value)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.length}]`
  return value === null ? '–' : '{…}'
}

function cut(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text
}

/** A message in a picture: `COMMIT(v0, s1, b)`; `[2]` is a list of two things. */
export function shortMessage({ type, ...fields }: AnyMessage): string {
  const parts = fieldsOf(fields).map(fieldText)
  return cut(parts.length > 0 ? `${visible(type)}(${parts.join(', ')})` : visible(type))
}

/** What somebody puts out for good, in a picture: `slot 1, digest b`. */
export function shortOutput(output: unknown): string {
  return cut(valueText(output).replace(/^\{|\}$/g, ''))
}

/** What stands above a run: a title that names what runs needs nothing before it. */
export function titleOf({ subject, title }: RunView, what = subject): string {
  return title.startsWith(`${what} `) ? title : `${what}: ${title}`
}

const nameIn = (run: RunView, id: Id): string => nameOf(id, run.setting.n)

/** Who says an envelope: `r0!` for the coalition, `r2!` also where it speaks under that name. */
export function senderText(run: RunView, { from, origin }: SentEnvelope): string {
  return `${nameIn(run, from)}${origin === 'correct' ? '' : '!'}`
}

/** Envelopes with the same contents are named once, with all that said them. */
function fromWhom(run: RunView, ids: readonly number[]): string {
  const groups = grouped(
    ids.map((id) => run.envelopes[id]!),
    ({ message }) => shortMessage(message),
  )
  const senders = (envelopes: readonly SentEnvelope[]) => new Set(envelopes.map((one) => senderText(run, one)))
  return [...groups].map(([text, envelopes]) => `${text} from ${[...senders(envelopes)].join(', ')}`).join('; ')
}

/** What happens in a step, in a few words. */
export function headline(run: RunView, event: RunEvent): string {
  const trigger = event.trigger === undefined ? [] : [event.trigger]
  switch (event.kind) {
    case 'rule':
    case 'arrival': {
      const asked = event.fires.flatMap(({ quorums }) => quorums.flatMap(({ envelopes }) => envelopes))
      const others = asked.filter((id) => run.envelopes[id]!.from !== event.at && !trigger.includes(id))
      return fromWhom(run, [...trigger, ...others])
    }
    case 'round': {
      const heard = event.receives.length > 0 ? `: ${fromWhom(run, event.receives)}` : ''
      return `round ${event.name}${heard}`
    }
    case 'timeout':
      return `timeout ${visible(event.name)}`
    case 'input':
      return `input ${cut(visible(event.name))}`
    case 'coin':
      return `coin ${visible(event.name)}: ${event.value}`
    case 'loss':
      return `never gets ${fromWhom(run, trigger)}`
    case 'crash':
      return 'crashes'
    case 'restart':
      return 'restarts'
  }
}

/** What it says because of it: `says COMMIT(v0, s1, b)`. */
export function sendingText(run: RunView, { sends }: RunEvent): string {
  const texts = [...new Set(sends.map((id) => shortMessage(run.envelopes[id]!.message)))]
  return texts.length > 0 ? `sends ${texts.join('; ')}` : ''
}

/** What it outputs: `outputs slot 1, digest b`. */
export function decisionText({ outputs }: RunEvent): string {
  return outputs.length > 0 ? `outputs ${outputs.map(shortOutput).join('; ')}` : ''
}
