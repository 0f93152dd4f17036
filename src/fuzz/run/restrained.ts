import type { Commitments } from '../../adversary/index.ts'
import { NOTHING_KNOWN, type Offers, type World } from '../../kernel/index.ts'
import { type AnyMessage, canonical, remembered, type SentMessage } from '../../model/index.ts'
import type { Choices } from '../schedule/choices.ts'

/** Begins a run in which the coalition keeps to what it commits itself to, and proves nothing with anything else. */
export function beginBound(world: World, commitments: Commitments): void {
  const { coalition, table, soup, instances, kernel } = world
  const { values } = table.messages
  world.begin(NOTHING_KNOWN)
  const said = (): SentMessage[] => {
    const words: SentMessage[] = []
    for (let i = 0; i < soup.length; i += 2) {
      const message = values[kernel.envelopes.messages[soup.values[i + 1]!]!]!
      words.push({ from: instances[soup.values[i]!]!.id, message })
    }
    return words
  }
  coalition.permits = (from, message) => commitments.allows(from, values[message]!, said)
}

/**
 * It is committed to what it holds ready first: so the order is drawn. In half of the runs all messages that differ in nothing but
 * their type are drawn together, for all members: else a coalition would hardly ever vote for the same thing twice.
 */
export function offerInAnyOrder(world: World, offers: Offers, choices: Choices): void {
  const { values } = world.table.messages
  const isByTheme = choices.below(2) === 0
  const drawn = new Map<string, number>()
  const order = Array.from({ length: offers.length / 3 }, (_, i) => {
    const [from, , message] = [offers[3 * i]!, offers[3 * i + 1]!, offers[3 * i + 2]!]
    const name = isByTheme ? themeOf(values[message]!) : `${from} ${message}`
    return { at: 3 * i, rank: remembered(drawn, name, () => choices.below(RANKS)) }
  })
  order.sort((one, other) => one.rank - other.rank || one.at - other.at)
  for (const { at } of order) world.coalition.offer(offers[at]!, offers[at + 1]!, offers[at + 2]!)
}

const RANKS = 65_536
const themes = new WeakMap<AnyMessage, string>()

/** What a message is about, whatever type it is of. */
function themeOf(message: AnyMessage): string {
  return remembered(themes, message, () => canonical({ ...message, type: '' }))
}
