import { same } from '../model/index.ts'
import { valueText } from './value.ts'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Items of a list that another one does not have, repetitions counted. */
function without(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const left = [...other]
  return list.filter((item) => {
    const at = left.findIndex((one) => same(one, item))
    if (at < 0) return true
    left.splice(at, 1)
    return false
  })
}

function listChange(path: string, before: readonly unknown[], after: readonly unknown[]): string[] {
  const gained = without(after, before)
  const lost = without(before, after)
  if (before.length === after.length) {
    // Items that changed where they are: say what became of each of them.
    return after.flatMap((item, i) => changes(before[i], item, `${path}[${i}]`))
  }
  return [
    ...gained.map((item) => `${path} gains ${valueText(item)}`),
    ...lost.map((item) => `${path} loses ${valueText(item)}`),
  ]
}

/** What changed between two JSON values, part by part: `view: 0 → 1`. */
export function changes(before: unknown, after: unknown, path = ''): string[] {
  if (same(before, after)) return []
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key) => {
      const where = path ? `${path}.${key}` : key
      if (!Object.hasOwn(before, key)) return [`${where} becomes ${valueText(after[key])}`]
      if (!Object.hasOwn(after, key)) return [`${where} is gone`]
      return changes(before[key], after[key], where)
    })
  }
  if (Array.isArray(before) && Array.isArray(after)) return listChange(path, before, after)
  return [`${path || 'state'}: ${valueText(before)} → ${valueText(after)}`]
}
