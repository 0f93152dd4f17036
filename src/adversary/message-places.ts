import { type AnyMessage, fieldsReadBy, grouped, type Id, type Program, placesOf, remembered } from '../model/index.ts'
import type { Scene } from './strategy.ts'

/** How many plans a strategy has that chooses something for each view and type of message: far more than any search makes runs. */
export const PLANS_BY_VIEW = 1 << 16

const views = new WeakMap<AnyMessage, number>()
const groups = new WeakMap<Scene['universe'], ReadonlyMap<string, readonly AnyMessage[]>>()

/**
 * The view that a message belongs to: the field whose namesake in the state `viewOf` reads. Where it has no such field, the
 * largest place that it names, such as the view of its block; 0 where it names none.
 */
export function viewOfMessage({ protocol }: Program, message: AnyMessage): number {
  return remembered(views, message, () => {
    const { viewOf } = protocol.definition
    const named = viewOf ? fieldsReadBy(viewOf).map((field) => (message as unknown as Fields)[field]) : []
    return largest(named) ?? largest(placesOf(message)) ?? 0
  })
}

type Fields = Readonly<Record<string, unknown>>

function largest(list: readonly unknown[]): number | undefined {
  const numbers = list.filter((value): value is number => typeof value === 'number')
  return numbers.length > 0 ? Math.max(...numbers) : undefined
}

/** The messages of the universe by view and type. */
export function byViewAndType({ program, universe }: Scene): ReadonlyMap<string, readonly AnyMessage[]> {
  return remembered(groups, universe, () =>
    grouped(universe.messages, (message) => `${viewOfMessage(program, message)} ${message.type}`),
  )
}

/** Do replicas go through views here, one message at a time? Only then has a strategy for each view something to choose. */
export function hasViews({ program, correct, members }: Scene): boolean {
  const { viewOf, round } = program.protocol.definition
  return viewOf !== undefined && round === undefined && correct.length >= 2 && members.length > 0
}

/**
 * What a plan chooses for something with a name: a number below `count`. It is a fixed function of the two, and so
 * no randomness: plans are too many to be tables that are written out, and this spreads them evenly.
 */
export function chosenBy(plan: number, name: string, count: number): number {
  // FNV-1a, and then a mix, since neighbouring plans are to have nothing in common.
  let hash = Math.imul(plan ^ 0x811c9dc5, 0x01000193)
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % count
}

/** Beyond this many correct participants, only the first ones are chosen apart. */
const MOST_APART = 16

/** Some of the correct participants, a plan's choice for something with a name: any of them, all of them, or none. */
export function someCorrect({ correct }: Scene, plan: number, name: string): (id: Id) => boolean {
  const mask = chosenBy(plan, name, 2 ** Math.min(MOST_APART, correct.length))
  return (id) => ((mask >> (correct.indexOf(id) % MOST_APART)) & 1) === 1
}
