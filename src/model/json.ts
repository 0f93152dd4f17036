/** What states, messages, inputs and outputs are made of. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * The one text of a value: object keys in code-unit order, no spaces. Two values are the same value exactly if their
 * canonical texts are equal, on any machine.
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) {
    let text = '['
    for (let i = 0; i < value.length; i++) text += (i ? ',' : '') + canonical(value[i])
    return `${text}]`
  }
  const record = value as Record<string, unknown>
  let text = '{'
  for (const key of Object.keys(record).sort()) {
    if (record[key] === undefined) continue
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(key)}:${canonical(record[key])}`
  }
  return `${text}}`
}

const texts = new WeakMap<object, string>()

/** `canonical`, remembered for values that are frozen and hence cannot change. */
export function textOf(value: object): string {
  let text = texts.get(value)
  if (text === undefined) {
    text = canonical(value)
    if (Object.isFrozen(value)) texts.set(value, text)
  }
  return text
}

const plainTexts = new WeakMap<object, string>()

/**
 * A text that equal canonical values share, and different ones never do: quicker to make than `canonical`, from which
 * it differs where keys are numbers. Remembered, so only for values that nobody changes any more.
 */
export function plainText(value: object): string {
  let text = plainTexts.get(value)
  if (text === undefined) {
    text = JSON.stringify(value)
    plainTexts.set(value, text)
  }
  return text
}

/** Are two JSON values the same value? */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  return canonical(a) === canonical(b)
}

/** The same of values that are known to be plain: nothing is written out, and most that differ do so early. */
export function isEqual(a: Json, b: Json): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!isEqual(a[i], b[i])) return false
    return true
  }
  if (Array.isArray(b)) return false
  const [one, other] = [a as { readonly [key: string]: Json }, b as { readonly [key: string]: Json }]
  let left = Object.keys(other).length
  for (const key in one) {
    if (left-- === 0 || !Object.hasOwn(other, key) || !isEqual(one[key]!, other[key]!)) return false
  }
  return left === 0
}

/** Code-unit order of two strings: never the machine's locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Order of two JSON values by their canonical texts. */
export function byContent(a: object, b: object): number {
  return byText(textOf(a), textOf(b))
}

/** Freezes a JSON value and everything in it. */
export function deepFreeze<T>(value: T): T {
  if (value !== null && typeof value === 'object' && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const part of Object.values(value)) deepFreeze(part)
  }
  return value
}

/** A copy that shares nothing with the original, which may be frozen: lists are then copied faster one by one. */
export function copyOf<T>(value: T): T {
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    const list: unknown[] = []
    for (let i = 0; i < value.length; i++) {
      const item = value[i]
      list.push(typeof item === 'object' ? copyOf(item) : item)
    }
    return list as T
  }
  const copy = { ...value } as Record<string, unknown>
  for (const key in copy) {
    const part = copy[key]
    if (typeof part === 'object' && part !== null) copy[key] = copyOf(part)
  }
  return copy as T
}
