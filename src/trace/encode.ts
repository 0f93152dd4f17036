import { byText, type Json } from '../model/index.ts'
import type { Trace } from './trace.ts'

/**
 * Every key of the format, in the order in which it is written where several meet in one object. Other keys, those of
 * messages and bounds, follow in code-unit order.
 */
export const TRACE_KEYS: readonly string[] = [
  ...['type', 'turncoat', 'title', 'story', 'defect', 'protocol', 'variant', 'setting', 'claim', 'origin'],
  ...['command', 'seed', 'run', 'strategy', 'scheduler', 'stepsBeforeShrinking'],
  ...['n', 'f', 'byzantine', 'crash', 'restart', 'clients', 'values', 'inputs', 'bounds', 'auth', 'network'],
  ...['duplicate', 'lose', 'fifo', 'gossip', 'shortest', 'eager'],
  ...['at', 'rule', 'round', 'timeout', 'input', 'flip', 'value', 'on', 'from', 'message', 'proof', 'with'],
  ...['said', 'all', 'any', 'of', 'steps', 'witness', 'digest'],
]

const ranks = new Map(TRACE_KEYS.map((key, rank) => [key, rank]))

function byRank(a: string, b: string): number {
  return (ranks.get(a) ?? TRACE_KEYS.length) - (ranks.get(b) ?? TRACE_KEYS.length) || byText(a, b)
}

/** The keys of an object that are written, in their order. */
function keysOf(value: object): string[] {
  return Object.keys(value)
    .filter((key) => (value as Record<string, unknown>)[key] !== undefined)
    .sort(byRank)
}

/** One value on one line. */
function inline(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value as Json)
  if (Array.isArray(value)) return `[${value.map(inline).join(',')}]`
  const record = value as Record<string, unknown>
  return `{${keysOf(value)
    .map((key) => `${JSON.stringify(key)}:${inline(record[key])}`)
    .join(',')}}`
}

/** The text of a trace: one key a line, one step a line, the same text for the same trace. */
export function encode(trace: Trace): string {
  const lines = keysOf(trace).map((key) => {
    const value = trace[key as keyof Trace]
    const text =
      key === 'steps' && trace.steps.length > 0
        ? `[\n${trace.steps.map((step) => `    ${inline(step)}`).join(',\n')}\n  ]`
        : inline(value)
    return `  ${JSON.stringify(key)}: ${text}`
  })
  return `{\n${lines.join(',\n')}\n}\n`
}
