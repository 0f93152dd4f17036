import { same } from '../model/index.ts'
import type { Change } from './run.ts'

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

function listChange(path: Change['path'], before: readonly unknown[], after: readonly unknown[]): Change[] {
  if (before.length === after.length) {
    // Items that changed where they are: say what became of each of them.
    return after.flatMap((item, i) => diff(before[i], item, [...path, i]))
  }
  return [
    ...without(after, before).map((item): Change => ({ path, kind: 'gains', after: item })),
    ...without(before, after).map((item): Change => ({ path, kind: 'loses', before: item })),
  ]
}

/** What changed between two JSON values, part by part. */
export function diff(before: unknown, after: unknown, path: Change['path'] = []): Change[] {
  if (same(before, after)) return []
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return keys.flatMap((key): Change[] => {
      const where = [...path, key]
      if (!Object.hasOwn(before, key)) return [{ path: where, kind: 'added', after: after[key] }]
      if (!Object.hasOwn(after, key)) return [{ path: where, kind: 'removed', before: before[key] }]
      return diff(before[key], after[key], where)
    })
  }
  if (Array.isArray(before) && Array.isArray(after)) return listChange(path, before, after)
  return [{ path, kind: 'set', before, after }]
}
