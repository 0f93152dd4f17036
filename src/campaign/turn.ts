import { UsageError } from '../model/index.ts'

/** Whose turn it is: machine `index` of `of`, counted from 1. */
export interface Turn {
  readonly index: number
  readonly of: number
}

/** Reads `3/16`. */
export function turn(text: string): Turn {
  const [, index, of] = text.match(/^(\d{1,6})\/(\d{1,6})$/) ?? []
  const read = { index: Number(index), of: Number(of) }
  if (index !== undefined && read.index >= 1 && read.index <= read.of) return read
  throw new UsageError(
    `--shard ${text} is not I/N, machine I of N`,
    'write 1/16 for the first of 16 and 16/16 for the last',
  )
}

/** Shards are dealt out in turn: neighbours, which are about as hard, go to different machines. */
export function isTurnOf({ index, of }: Turn): (number: number) => boolean {
  return (number) => number % of === index - 1
}

/**
 * Runs in one shard, where all machines must come to the same number by themselves: so many that each gets a few
 * shards, and that none of them is too long.
 */
export function shardRunsFor(runs: number, of: number, block: number): number {
  const blocks = Math.ceil(runs / block)
  return block * Math.min(MOST_BLOCKS, Math.max(1, Math.ceil(blocks / (of * SHARDS_EACH))))
}

const SHARDS_EACH = 8
const MOST_BLOCKS = 100
