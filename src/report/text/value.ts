import type { AnyMessage } from '../../model/index.ts'
import { byText } from '../../model/json.ts'
import { visible } from './visible.ts'

/** Longer texts of one value are cut: a trace is a stranger's file. */
const MOST_CHARACTERS = 400

/** Fields that papers write first; the others follow by name, so that one message is always one text. */
const FIRST = ['view', 'round', 'slot', 'seq']

function rank(field: string): number {
  const at = FIRST.indexOf(field)
  return at < 0 ? FIRST.length : at
}

/** The fields of an object, in the order in which a person reads them. */
export function fieldsOf(value: object): [string, unknown][] {
  return Object.entries(value).sort(([a], [b]) => rank(a) - rank(b) || byText(a, b))
}

function written(value: unknown): string {
  if (typeof value === 'string') return /^[\w.:+/-]+$/.test(value) ? value : visible(JSON.stringify(value))
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`
  const parts = fieldsOf(value).map(([key, part]) => `${visible(key)} ${written(part)}`)
  return `{${parts.join(', ')}}`
}

/** A JSON value on one line, as a person would write it: `{slot 1, value a}`. */
export function valueText(value: unknown): string {
  const text = written(value)
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text
}

/** A message as the papers write it: `COMMIT(view 0, slot 1, value a)`. */
export function messageText({ type, ...fields }: AnyMessage): string {
  const body = valueText(fields)
  return body === '{}' ? visible(type) : `${visible(type)}(${body.slice(1, body.endsWith('}') ? -1 : undefined)})`
}
