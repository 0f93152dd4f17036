/** Unsound ways of closing sparsely: the law on random small protocols that keep their votes catches each. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Known } from '../../properties/laws/checker.ts'
import { HarnessError, type Id } from '../../src/model/index.ts'
import type { Means } from '../../src/tables/counting/close-sparsely.ts'
import { Counting } from '../../src/tables/counting/counting.ts'
import { EventReactions } from '../../src/tables/counting/event-reactions.ts'
import { Persistence } from '../../src/tables/counting/persistent.ts'
import { Names } from '../../src/tables/counting/tallies.ts'
import { SEED, WHOLE_FILE } from './known-protocols.ts'
import { counted, knownOf, lawful, withMeans } from './sparsely.ts'
import { type Tallying, type TallyRule, tallyings } from './tallying-protocols.ts'

/** Takes every visible step as soon as it can be taken, whatever it changes for others. */
class NothingMatters extends Persistence {
  protected override others(): [] {
    return []
  }
}

/** Leaves out a visible step wherever it could have come earlier, if by another way. */
class EverythingCanWait extends Persistence {
  protected override canWait(...[component, node, member]: Parameters<Persistence['canWait']>): boolean {
    const is = ({ from }: { from: number }): boolean => component.outcomes[from]![member]!.kind === 'visible'
    return component.ins[node]!.some(is)
  }
}

/** Does not notice that a handler looks at what is not there. */
class SeesOnlyChanges extends EventReactions {
  override on(...given: Parameters<EventReactions['on']>): ReturnType<EventReactions['on']> {
    const outcome = super.on(...given)
    return { ...outcome, reads: outcome.writes }
  }
}

/** Believes that what one sender does, all do. */
class WhoeverItIs extends Counting {
  protected override isSame(): boolean {
    return true
  }
}

/** Counts a tally, although it matters who is in another one, too. */
class OneOfSeveral extends WhoeverItIs {
  protected override several(): void {}
}

/** Takes it that one of those who are in a tally can vote as if he were not. */
class OneTooFew extends Counting {
  protected override needed(size: number): number {
    return size
  }
}

/** Does not mind that several messages go into one key, or ask there for their sender. */
class FedByAll extends Names {
  protected override feeds(): boolean {
    return true
  }
}

/** Forgets that a replica has put itself into its tallies. */
class NeverItself extends Names {
  override grown(...[ballots, votes, added, at]: Parameters<Names['grown']>): number {
    return super.grown(ballots, votes, this.knowsSelf ? added.filter(({ voter }) => voter !== at) : added, at)
  }
}

/** Takes the question whether somebody has voted at all for none. */
class NobodyAsked extends Names {
  override asked(
    ran: Parameters<Names['asked']>[0],
    ...where: [at: Id, from?: Id, message?: number]
  ): readonly string[] {
    return super.asked({ ...ran, asked: ran.asked.filter(({ kind }) => kind !== 'voted') }, ...where)
  }
}

/** Believes that what changes the state changes nothing for votes that were not counted yet. */
class StateIsNothing extends Persistence {
  protected override touches(...[outcome, component]: Parameters<Persistence['touches']>): boolean {
    return super.touches({ ...outcome, moves: false }, component)
  }
}

const plain = {
  blind: false,
  first: '',
  trusts: null,
  after: null,
  not: null,
  mode: null,
  also: null,
  of: null,
  joins: null,
  says: null,
} as const
const calm = { ...plain, early: false, repeats: false }

/** Two Byzantine replicas; r0 counts what they say in A only before B takes it to mode 1, where C puts out. */
const twoModes = (inB: Partial<TallyRule>, inC: number): Tallying => ({
  ...{ n: 3, byzantine: [1, 2], auth: 'channels', selfDelivery: 'none', duplicate: true, inputs: [[], [], []] },
  ...{ apart: false, modes: 1, timer: false, values: ['x'] },
  rules: [
    { ...calm, on: 'A', q: 3, mode: 0, says: 'B', does: 'note' },
    { ...calm, on: 'B', q: 1, mode: 0, says: 'C', does: 'mode', ...inB },
    { ...calm, on: 'C', q: 1, mode: 1, also: { rule: 0, q: inC }, does: 'output' },
  ],
})

/** r0 notes each vote that is the first of its sender: r1's for x, and r2's for y. */
const firstVotes: Tallying = {
  ...{ n: 3, byzantine: [], auth: 'channels', selfDelivery: 'none', duplicate: true, inputs: [[], ['x'], ['y']] },
  ...{ apart: false, modes: 1, timer: false, values: ['x', 'y'] },
  rules: [{ ...calm, on: 'A', q: 1, first: 'here', repeats: true, does: 'note' }],
}

/** Only r1's votes are asked for, and r1 is Byzantine. */
const onlyTrusted: Tallying = {
  ...{ n: 3, byzantine: [1], auth: 'channels', selfDelivery: 'at-once', duplicate: false, inputs: [['x'], ['y'], []] },
  ...{ apart: false, modes: 1, timer: false, values: ['x', 'y'] },
  rules: [
    { ...plain, on: 'A', q: 1, trusts: 1, not: 1, mode: 0, early: true, repeats: false, does: 'throw' },
    { ...plain, on: 'B', q: 2, trusts: 1, mode: 0, early: true, repeats: false, does: 'mode' },
  ],
}

/** The first vote of each sender is noted, whatever it is for; r0 casts two. */
const whateverFor: Tallying = {
  ...{ n: 3, byzantine: [], auth: 'channels', selfDelivery: 'network', duplicate: false, apart: false, modes: 1 },
  ...{ timer: false, values: ['x', 'y'], inputs: [['x', 'y'], ['y'], []] },
  rules: [{ ...plain, on: 'A', q: 1, blind: true, first: 'here', early: true, repeats: false, does: 'note' }],
}

/** Who hears A counts itself among those who have said B; so the B of one other is enough, but not at r1. */
const ownVote: Tallying = {
  ...{ n: 3, byzantine: [], auth: 'channels', selfDelivery: 'none', duplicate: false, inputs: [[], ['y'], []] },
  ...{ apart: false, modes: 1, timer: false, values: ['y'] },
  rules: [
    { ...calm, on: 'A', q: 1, says: 'B', joins: 1, does: 'note' },
    { ...calm, on: 'B', q: 2, early: true, does: 'throw' },
  ],
}

/** The B of somebody whose A has been counted is one too many. */
const onlyVoters: Tallying = {
  ...{ n: 3, byzantine: [], auth: 'channels', selfDelivery: 'none', duplicate: true, inputs: [[], ['y'], ['y']] },
  ...{ apart: false, modes: 1, timer: false, values: ['y'] },
  rules: [
    { ...calm, on: 'A', q: 1, early: true, says: 'B', does: 'note' },
    { ...calm, on: 'B', q: 0, does: 'throw' },
  ],
}

/** The B of somebody whose A has not been counted is one too many: r2 says B, and no A. */
const noVoters: Tallying = {
  ...onlyVoters,
  inputs: [[], ['y'], []],
  rules: [
    { ...calm, on: 'A', q: 1, early: true, says: 'B', does: 'note' },
    { ...calm, on: 'B', q: 0, of: { rule: 0, is: false }, after: 0, does: 'throw' },
  ],
}

/** A is answered by B, and B by the same A once more. */
const saidAgain: Tallying = {
  ...{ n: 2, byzantine: [], auth: 'channels', selfDelivery: 'none', duplicate: false, inputs: [['x'], []] },
  ...{ apart: false, modes: 1, timer: false, values: ['x'] },
  rules: [
    { ...calm, on: 'A', q: 1, repeats: true, says: 'B', does: 'note' },
    { ...calm, on: 'B', q: 1, says: 'A', does: 'note' },
  ],
}

/** B does not look at what A has counted; or it does, and one vote is enough for it, but not for C. */
const made = [
  twoModes({}, 1),
  twoModes({ also: { rule: 0, q: 1 } }, 2),
  firstVotes,
  onlyTrusted,
  whateverFor,
  ownVote,
  onlyVoters,
  noVoters,
  saidAgain,
]

test('the protocols made for mutants break something', () => {
  for (const one of made) {
    const it = knownOf(one, 3_000)!
    expect(it.reference.claims.map(({ verdict }) => verdict)).toContain('violated')
    lawful(it)
  }
})

/** Protocols on which a mutant has to be caught, if none of those made for it is. */
const PROTOCOLS = 150

const mutants: [name: string, Partial<Means>][] = [
  ['silent steps before a visible one are left out', { persistence: NothingMatters }],
  ['visible steps after silent ones are left out', { persistence: EverythingCanWait }],
  ['what is only looked at is overlooked', { reactions: SeesOnlyChanges }],
  ['votes count that are not from the only one who is trusted', { reactions: counted({ counting: WhoeverItIs }) }],
  ['it is forgotten who is in which of several tallies', { reactions: counted({ counting: OneOfSeveral }) }],
  ['a vote is counted that nobody has cast', { reactions: counted({ counting: OneTooFew }) }],
  ['votes for different values are counted as one for each sender', { reactions: counted({ names: FedByAll }) }],
  ['it is forgotten whether a replica is in its own tally', { reactions: counted({ names: NeverItself }) }],
  ['it is forgotten who has voted for anything', { reactions: counted({ names: NobodyAsked }) }],
  ['the state is believed to change nothing for votes', { persistence: StateIsNothing }],
  ['everybody is believed to vote once', { saidTwice: () => new Set<number>() }],
]

describe('the laws catch it where', () => {
  test.each(mutants)('%s', { timeout: WHOLE_FILE }, (_, changed) => {
    const passes = withMeans(changed)
    const notices = (one: Known): boolean => {
      try {
        lawful(one, passes)
        return false
      } catch (error) {
        if (error instanceof HarnessError) return true
        throw error
      }
    }
    const caught = [...made, ...fc.sample(tallyings, { seed: SEED, numRuns: PROTOCOLS })].find((one) => {
      const it = knownOf(one)
      return it !== undefined && notices(it)
    })
    expect(caught).toBeDefined()
  })
})
