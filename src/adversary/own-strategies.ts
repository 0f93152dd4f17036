import { canonical, nameOf, type Protocol, same, UsageError } from '../model/index.ts'
import { assertKind, assertShape, FLAG, FUNCTION, fits, listOf, OBJECT, optional, TEXT, WHOLE } from '../model/shape.ts'
import { strategies } from './strategies.ts'
import { type Behaviour, identities, type Offer, type Scene, type Strategy } from './strategy.ts'

const STRATEGY = {
  ...{ name: TEXT, about: TEXT, onDemand: optional(FLAG), suits: optional(FUNCTION) },
  ...{ plans: FUNCTION, behave: FUNCTION },
}
const OFFER = {
  words: 'an offer: { from, to: [ids], message }',
  is: fits({ from: WHOLE, to: listOf(WHOLE), message: { words: '', is: fits({ type: TEXT }) } }),
}
const TWIN = {
  words: 'a twin: { member, side: [ids], inputs }',
  is: fits({ member: WHOLE, side: listOf(WHOLE), inputs: listOf(TEXT) }),
}

/** Strategies that somebody has written for a protocol, outside of this package. */
const own = new WeakMap<Protocol, readonly Strategy[]>()

/** All strategies that a search of a protocol can draw from. */
export function strategiesFor(protocol: Protocol): readonly Strategy[] {
  return [...strategies, ...(own.get(protocol) ?? [])]
}

/**
 * Adds strategies to all later searches of a protocol. A search that names none draws from them as well.
 * @throws UsageError for what is no strategy, and for a name that there is already
 */
export function addStrategies(protocol: Protocol, added: readonly Strategy[]): void {
  assertKind('strategies', listOf(OBJECT), added)
  const known = strategies.map(({ name }) => name)
  for (const strategy of added) {
    assertShape(`the strategy ${String(strategy.name)}`, STRATEGY, strategy)
    if (known.includes(strategy.name)) {
      throw new UsageError(`there is a strategy called ${strategy.name} already`, 'give it another name')
    }
    known.push(strategy.name)
  }
  own.set(protocol, added.map(watched))
}

/** The same strategy; what it offers is looked at first: our own are known to send under ids of the coalition only. */
function watched(strategy: Strategy): Strategy {
  const { name, plans, behave } = strategy
  return {
    ...strategy,
    plans: (scene) => {
      const count = plans(scene)
      assertKind(`the plans of the strategy ${name}`, WHOLE, count)
      return count
    },
    behave: (scene, plan) => {
      const behaviour: Behaviour = behave(scene, plan)
      assertKind(`what the strategy ${name} does`, OBJECT, behaviour)
      const { strategyTwins = [], opening = [], hears } = behaviour
      assertKind(`the twins of the strategy ${name}`, listOf(TWIN), strategyTwins)
      const odd = strategyTwins.find(({ member }) => !scene.members.includes(member))
      if (odd) throw stranger(scene, name, odd.member, 'has a twin of')
      const { strategyTwins: twinsAgain = [], opening: openingAgain = [] } = behave(scene, plan)
      if (!same([strategyTwins, opening], [twinsAgain, openingAgain]))
        throw impure(name, `asked for plan ${plan} twice`)
      const legal = (offers: readonly Offer[]): readonly Offer[] => assertedOffers(scene, name, offers)
      return {
        // Where rounds go in lockstep, a strategy without twins can be followed.
        ...(strategyTwins.length > 0 ? { strategyTwins } : {}),
        opening: legal(opening),
        ...(hears ? { hears: (from, message) => legal(heardTwice(name, () => hears(from, message))) } : {}),
      }
    },
  }
}

function assertedOffers(scene: Scene, name: string, offers: readonly Offer[]): readonly Offer[] {
  assertKind(`what the strategy ${name} offers`, listOf(OFFER), offers)
  const may = identities(scene)
  const { types, unhandled } = scene.program.vocabulary
  for (const { from, to, message } of offers) {
    if (types && !types.has(message.type) && !unhandled.has(message.type))
      unhandled.set(message.type, `the strategy ${name}`)
    if (!may.includes(from)) throw stranger(scene, name, from, `says ${canonical(message)} as`)
    const nobody = to.find((id) => !scene.correct.includes(id))
    if (nobody === undefined) continue
    throw new UsageError(
      `the strategy ${name} says ${canonical(message)} to ${nobody}, who does not run the protocol`,
      'offer to ids in scene.correct',
    )
  }
  return offers
}

/** What it offers is known from then on: it is asked once for each message, in whatever order threads come to them. */
function heardTwice(name: string, hears: () => readonly Offer[]): readonly Offer[] {
  const offers = hears()
  if (same(offers, hears())) return offers
  throw impure(name, 'shown one message twice')
}

function impure(name: string, when: string): UsageError {
  return new UsageError(
    `the strategy ${name}, ${when}, does two different things`,
    'let it depend on the scene, the number of the plan and the message: what is drawn is the plan',
  )
}

function stranger({ program }: Scene, name: string, id: number, does: string): UsageError {
  return new UsageError(
    `the strategy ${name} ${does} ${nameOf(id, program.setting.n)}, for whom the coalition does not speak`,
    'speak under ids in identities(scene) only, and run twins of scene.members',
  )
}
