import { textOfPath } from '../../model/plain.ts'
import type { Change } from '../../view/run.ts'
import { valueText } from './value.ts'

/** One change as a person would write it: `view: 0 → 1`. */
export function changeText({ path, kind, before, after }: Change): string {
  const where = textOfPath(path)
  switch (kind) {
    case 'added':
      return `${where} becomes ${valueText(after)}`
    case 'removed':
      return `${where} is gone`
    case 'gains':
      return `${where} gains ${valueText(after)}`
    case 'loses':
      return `${where} loses ${valueText(before)}`
    case 'set':
      return `${where || 'state'}: ${valueText(before)} → ${valueText(after)}`
  }
}
