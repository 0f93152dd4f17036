import { canonicalValue, UsageError } from '../model/index.ts'
import { nearest } from '../model/nearest.ts'
import { assertKind, TEXT } from '../model/shape.ts'
import { TRACE_KEYS } from './encode.ts'
import { lineAt, lineOf, type Path, scan } from './scan.ts'
import { traceSchema } from './schema.ts'
import { DEEPEST, FORMAT, MOST_BYTES, MOST_EXTENT, MOST_STEPS, type Trace } from './trace.ts'
import { OLDEST, pathInOld, tooNew, upgraded } from './upgrade.ts'

/** Keys that are no data in JavaScript: an object made from them would not be what it looks like. */
const FORBIDDEN: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** Characters that move a terminal's cursor or rewrite what it shows; line ends and tabs are harmless. */
const CONTROL = /(?![\n\t])\p{Cc}/u

/**
 * Reads a trace. It is untrusted: its author may be an attacker. Whether it is a possible run is
 * for `replay` to say.
 * @throws UsageError that names the line, the step and the key
 */
export async function decode(text: string): Promise<Trace> {
  assertKind('the text of a trace', TEXT, text)
  assertSize(text)
  const repeated = assertSound(text)
  const read = parsed(text)
  assertVersion(read)
  if (repeated) throw refused(text, repeated, 'this key is given twice', 'keep one of the two')
  assertHarmless(text, read)
  const isOld = read['turncoat'] !== FORMAT
  if (isOld) assertOldKeys(text, read)
  const value = isOld ? upgraded(read) : read
  const { steps } = value as { readonly steps?: unknown }
  if (Array.isArray(steps) && steps.length > MOST_STEPS) {
    throw refused(text, ['steps'], `there are ${steps.length} steps`, `${MOST_STEPS} are the most; shrink it first`)
  }
  const result = (await traceSchema()).safeParse(value)
  if (!result.success) throw explained(text, result.error.issues as unknown as Issue[], value, isOld)
  assertExtent(text, value as unknown as Trace)
  return canonicalMessages(value) as unknown as Trace
}

function assertOldKeys(text: string, read: Record<string, unknown>): void {
  const found = tooNew(read)
  if (!found) return
  const key = String(found.path.at(-1))
  throw refused(text, found.path, `format ${OLDEST} has no key ${key} here`, `did you mean ${found.old}?`)
}

/** The same, whatever order the keys of its messages have in the file: a handler may look at the first of them. */
function canonicalMessages(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(canonicalMessages)
  const entries = Object.entries(value).map(([key, part]) => [
    key,
    key === 'message' ? canonicalValue(part, 'the trace', 'message') : canonicalMessages(part),
  ])
  return Object.fromEntries(entries)
}

/** Each of the three may be large; all of them together would take a replay too long. */
function assertExtent(text: string, { setting, steps }: Trace): void {
  const { n, clients, values } = setting
  const extent = (n + clients) * Math.max(1, values.length) * Math.max(1, steps.length)
  if (extent <= MOST_EXTENT) return
  const what = `${n + clients} participants × ${values.length} values × ${steps.length} steps make ${extent}`
  throw refused(text, ['setting'], what, `${MOST_EXTENT} are the most; shrink it first`)
}

function assertSize(text: string): void {
  // A character takes at least one byte, so this is no stricter than the check of the file's size.
  if (text.length > MOST_BYTES) {
    throw new UsageError(
      `the trace has more than ${MOST_BYTES / 1_000_000} million characters`,
      'no trace that this program writes is that large; shrink it before saving',
    )
  }
}

/** Checks the brackets before anything recursive sees them. Returns the first key that is given twice. */
function assertSound(text: string): Path | undefined {
  let repeated: Path | undefined
  const keys: Set<string>[] = []
  const { path, unclosed } = scan(text, (at, offset) => {
    if (at.length > DEEPEST) {
      throw new UsageError(
        `line ${lineAt(text, offset)}${stepOf(at)}: brackets are nested more than ${DEEPEST} deep`,
        'no trace that this program writes is; take the file from where it was saved',
      )
    }
    // A value at this depth opens a new object below it; what was collected there belongs to an earlier one.
    keys.length = Math.min(keys.length, at.length)
    const key = at.at(-1)
    if (typeof key === 'string') {
      keys[at.length - 1] ??= new Set()
      const known = keys[at.length - 1]!
      if (known.has(key)) repeated ??= [...at]
      known.add(key)
    }
    return false
  })
  if (!unclosed && text.trim() !== '') return repeated
  throw new UsageError(
    `line ${lineAt(text, text.length)}${stepOf(path)}: the trace is cut off here`,
    'take the whole file from where it was saved',
  )
}

function parsed(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const reason = (error as Error).message
    const offset = /at position (\d+)/.exec(reason)?.[1]
    const line = offset === undefined ? '' : `line ${lineAt(text, Number(offset))}: `
    const what = CONTROL.test(reason) ? 'a character that JSON does not allow' : reason.split('\n')[0]
    throw new UsageError(`${line}the trace is not JSON: ${what}`, 'undo the edit, or find the violation again')
  }
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new UsageError('this is not a trace: it is not a JSON object', 'give a file that `turncoat fuzz` has saved')
}

function assertVersion(value: Record<string, unknown>): void {
  const version = Object.hasOwn(value, 'turncoat') ? value['turncoat'] : undefined
  if (Number.isInteger(version) && (version as number) >= OLDEST && (version as number) <= FORMAT) return
  if (version === undefined) {
    throw new UsageError(
      'this is not a trace: the key turncoat, which holds the version of the format, is missing',
      'give a file that `turncoat fuzz` has saved',
    )
  }
  if (Number.isInteger(version) && (version as number) > FORMAT) {
    throw new UsageError(
      `the trace is written in format ${version}; this program reads formats ${OLDEST} to ${FORMAT}`,
      'install a newer turncoat',
    )
  }
  throw new UsageError(
    `the key turncoat holds no version of the format: this program reads ${OLDEST} and ${FORMAT}`,
    'undo the edit',
  )
}

/** Walks over all that was parsed: keys that are no data, numbers that JSON cannot write, characters that rewrite a screen. */
function assertHarmless(text: string, value: unknown, path: Path = []): void {
  if (typeof value === 'string') {
    if (CONTROL.test(value)) throw refused(text, path, 'a string holds a control character', 'take it out')
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw refused(text, path, 'this number is too large to be one', 'undo the edit')
  } else if (Array.isArray(value)) {
    for (const [i, part] of value.entries()) assertHarmless(text, part, [...path, i])
  } else if (value !== null && typeof value === 'object') {
    for (const key of Object.keys(value)) {
      const inside = [...path, key]
      if (FORBIDDEN.includes(key)) throw refused(text, inside, `the key ${key} is not allowed`, 'take it out')
      if (CONTROL.test(key)) throw refused(text, path, 'a key holds a control character', 'take it out')
      assertHarmless(text, (value as Record<string, unknown>)[key], inside)
    }
  }
}

/** A complaint of zod's, as far as it is read here. */
interface Issue {
  readonly code: string
  readonly path: Path
  readonly message: string
  readonly keys?: readonly string[]
  readonly errors?: readonly (readonly Issue[])[]
}

/** The complaint that tells most: inside a union, that of the member that was most likely meant. */
function sharpest({ path, errors, ...issue }: Issue): Issue {
  const members = (errors ?? []).filter((member) => member.length > 0)
  if (members.length === 0) return { path, ...issue }
  const strange = (member: readonly Issue[]): number => member.reduce((sum, one) => sum + strangeness(one), 0)
  const meant = [...members].sort((a, b) => strange(a) - strange(b) || a.length - b.length)[0]!
  const inner = sharpest(meant.find(({ code }) => code === 'unrecognized_keys') ?? meant[0]!)
  return { ...inner, path: [...path, ...inner.path] }
}

/**
 * How much a complaint says against its member of a union. Members differ in their keys, or are no objects at all; a
 * wrong value inside a known key says nothing.
 */
function strangeness({ code, path, message }: Issue): number {
  if (code === 'invalid_type' && path.length === 0) return 10
  return code === 'unrecognized_keys' || (path.length === 1 && message.endsWith('undefined')) ? 1 : 0
}

function explained(text: string, issues: readonly Issue[], value: unknown, isOld: boolean): UsageError {
  const unknown = issues.find(({ code }) => code === 'unrecognized_keys')
  const { keys, path: where, message } = sharpest(unknown ?? issues[0]!)
  const path = isOld ? pathInOld(where) : where
  const key = keys?.[0]
  if (key !== undefined) {
    const there = new Set(keysAt(value, where))
    const near = nearest(
      key,
      TRACE_KEYS.filter((known) => !there.has(known)),
      1,
    )
    return refused(text, [...path, key], `the format has no key ${key.slice(0, 100)} here`, `did you mean ${near[0]}?`)
  }
  const what = message.replace(/^Invalid input: /, '').replace('received undefined', 'found nothing')
  return refused(text, path, what, 'undo the edit; docs/trace-format.md lists every key')
}

function keysAt(value: unknown, path: Path): string[] {
  let part: any = value
  for (const key of path) part = part?.[key]
  return part !== null && typeof part === 'object' ? Object.keys(part) : []
}

/** `, step 7` where a path leads into one. */
function stepOf(path: Path): string {
  return path[0] === 'steps' && typeof path[1] === 'number' ? `, step ${path[1] + 1}` : ''
}

/** Says where, what and what to do. */
function refused(text: string, path: Path, what: string, suggestion: string): UsageError {
  const step = stepOf(path)
  const inner = (step ? path.slice(2) : path).map((part, i) =>
    typeof part === 'number' ? `[${part}]` : i ? `.${part}` : part,
  )
  const key = inner.length > 0 && !CONTROL.test(inner.join('')) ? `${inner.join('').slice(0, 200)}: ` : ''
  return new UsageError(`line ${lineOf(text, path)}${step}: ${key}${what}`, suggestion)
}
