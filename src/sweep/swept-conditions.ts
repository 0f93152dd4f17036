import { type Id, range, type Setting, UsageError } from '../model/index.ts'
import type { Conditions, Partition } from '../simulate/index.ts'
import { places } from './axis.ts'

/**
 * A partition at every place of a grid. A side is a list of replicas, or is written in terms of n and f, `0..n/2-1`. A
 * side alone is partitioned from all other replicas.
 */
export interface SweptPartition extends Omit<Partition, 'sides'> {
  readonly sides: readonly (string | readonly Id[])[]
}

/** The network and the machines of simulated executions, the same at every place of a grid. */
export interface SweptConditions extends Omit<Conditions, 'partitions'> {
  readonly partitions: readonly SweptPartition[]
}

/**
 * The conditions in one setting of a grid.
 * @throws UsageError for a partition that names a replica which is not there
 */
export function conditionsIn(conditions: SweptConditions, setting: Pick<Setting, 'n' | 'f'>): Conditions {
  return { ...conditions, partitions: conditions.partitions.map((partition) => placed(partition, setting)) }
}

function placed(partition: SweptPartition, { n, f }: Pick<Setting, 'n' | 'f'>): Partition {
  const sides = partition.sides.map((side) => (typeof side === 'string' ? places(side, { n, f }) : side))
  const odd = sides.flat().find((id) => id < 0 || id >= n)
  if (odd !== undefined) {
    const name = odd < 0 ? `the replica ${odd}` : `r${odd}`
    throw new UsageError(
      `the partition ${partitionText(partition)} names ${name}, and where n = ${n} there is none`,
      'write its sides in terms of n: halves, or 0..n/3:n/3+1..n-1',
    )
  }
  const twice = sides.flat().find((id, i, all) => all.indexOf(id) < i)
  if (twice !== undefined) {
    throw new UsageError(
      `the partition ${partitionText(partition)} has r${twice} on two sides where n = ${n}`,
      'name each replica on one side',
    )
  }
  if (sides.length > 1) return { ...partition, sides }
  return { ...partition, sides: [...sides, range(n).filter((id) => !sides[0]!.includes(id))] }
}

/** A partition as it is written: `0..500:0,1:2,3`, with `:lost` behind it where what crosses is lost. */
export function partitionText({ from, until, sides, messages }: SweptPartition): string {
  const parts = sides.map((side) => (typeof side === 'string' ? side : side.join(',')))
  return [`${from}..${until}`, ...parts, ...(messages === 'lost' ? [messages] : [])].join(':')
}
