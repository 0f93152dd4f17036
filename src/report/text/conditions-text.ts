import type { Latency } from '../../simulate/index.ts'
import type { SweptConditions, SweptPartition } from '../../sweep/swept-conditions.ts'
import { thousands } from './numbers.ts'

const RANGE = '–'

function delays(latency: Latency): string {
  if (latency.kind === 'uniform') return `${thousands(latency.min)}${RANGE}${thousands(latency.max)} ms`
  if (latency.kind === 'log-normal') return `log-normal, median ${thousands(latency.median)} ms, σ = ${latency.sigma}`
  return 'those of a matrix'
}

function partition({ from, until, sides, messages }: SweptPartition): string {
  const names = sides.map((side) => (typeof side === 'string' ? side : side.join(',')))
  const when = `${thousands(from)}${RANGE}${thousands(until)} ms`
  const partitioned = names.length > 1 ? names.join(' | ') : `${names[0]} | the others`
  return `partitioned ${when}, ${partitioned}, what crosses is ${messages}`
}

/** What is out of the ordinary in the network of simulated executions: one part of a sentence for each. */
export function conditionsText({ partitions, stabilises, reorder }: SweptConditions): readonly string[] {
  return [
    ...partitions.map(partition),
    ...(stabilises ? [`until ${thousands(stabilises.at)} ms delays are ${delays(stabilises.before)}`] : []),
    ...(reorder.probability > 0
      ? [`with probability ${reorder.probability} a message takes up to ${thousands(reorder.extra)} ms longer`]
      : []),
  ]
}
