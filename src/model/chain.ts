import { UsageError } from './errors.ts'
import type { AnyMessage, Match } from './message.ts'
import { all, type Proof, said } from './proof.ts'

const GENESIS = ''

const partsOf = (block: string): string[] => (block === GENESIS ? [] : block.split('.'))

const parent = (block: string): string => block.slice(0, Math.max(0, block.lastIndexOf('.')))

/** A name must say what was put into it: 1.5, or 1 with the command 0, would be another block's name. */
function child(block: string, view: number, command = ''): string {
  if (!Number.isInteger(view)) throw new UsageError(`a block of view ${view}`, 'give it a whole number')
  if (/^\d|\./.test(command)) {
    throw new UsageError(`a block with the command ${command}`, 'let it begin with no digit, and have no dot in it')
  }
  return [...partsOf(block), `${view}${command}`].join('.')
}

const isOn = (block: string, ancestor: string): boolean =>
  ancestor === GENESIS || `${block}.`.startsWith(`${ancestor}.`)

/**
 * A tree of blocks, for protocols that build chains. A block is named by its path: `1.2.4` is the block of view 4 on that of
 * view 2 on that of view 1, and '' is the genesis. So a name identifies all ancestors, as a perfect hash does, and a
 * message holds a reference, never a block inside a block. Where a view may have two blocks on one parent, commands tell
 * them apart: `1a` and `1b`.
 */
export const chain = {
  genesis: GENESIS,
  parent,
  child,
  /** The view of a block, or whatever else its protocol counts; 0 for the genesis. */
  view: (block: string): number => Number.parseInt(block.slice(block.lastIndexOf('.') + 1), 10) || 0,
  /** How many blocks the chain to it has, itself included. */
  height: (block: string): number => partsOf(block).length,
  /** The blocks below it, its parent first, without the genesis. */
  ancestors: (block: string): string[] => {
    const below: string[] = []
    for (let one = parent(block); one !== GENESIS; one = parent(one)) below.push(one)
    return below
  },
  /** Is the second block the first one, or below it? */
  extends: isOn,
  /** Is neither on the other? */
  conflict: (one: string, other: string): boolean => !isOn(one, other) && !isOn(other, one),
  /** Every block that there can be in so many views, the genesis first. */
  blocks: (views: number, commands: readonly string[] = ['']): string[] => {
    const blocks = [GENESIS]
    for (let view = 1; view <= views; view++) {
      blocks.push(...blocks.flatMap((block) => commands.map((command) => child(block, view, command))))
    }
    return blocks
  },
  /** The proof of a message that names a certified block: a quorum has voted for it. The genesis needs none. */
  certificate: <M extends AnyMessage>(block: string, quorum: number, votes: (block: string) => Match<M>): Proof<M> =>
    block === GENESIS ? all([]) : said(quorum, votes(block)),
}
