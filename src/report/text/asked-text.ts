import { nameOf } from '../../model/index.ts'
import type { AskedFor, RunView } from '../../view/run.ts'
import { counted, listed } from './numbers.ts'

/** What a rule asks for: `3 senders`, `2 senders of r0, r1 and r2`, or `weight 4 (r0 has 3, r1 and r2 have 1)`. */
export function askedText({ setting: { n } }: Pick<RunView, 'setting'>, { q, weights }: AskedFor): string {
  if (!weights) return counted(q, 'sender')
  const holders = (weight: number): string[] => weights.flatMap((one, id) => (one === weight ? [nameOf(id, n)] : []))
  const different = [...new Set(weights)].filter((weight) => weight > 0).sort((a, b) => b - a)
  if (different.join() === '1') return `${counted(q, 'sender')} of ${listed(holders(1))}`
  const shares = different.map((weight) => {
    const ids = holders(weight)
    return `${listed(ids)} ${ids.length > 1 ? 'have' : 'has'} ${weight}`
  })
  return `weight ${q} (${shares.join(', ')})`
}
