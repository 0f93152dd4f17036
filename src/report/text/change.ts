import { diff } from '../../view/diff.ts'
import { changeText } from './change-text.ts'

/** What changed between two JSON values, part by part. */
export function changes(before: unknown, after: unknown): string[] {
  return diff(before, after).map(changeText)
}
