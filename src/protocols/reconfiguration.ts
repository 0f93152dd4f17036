/**
 * A replicated log whose members change: the command JOIN, decided in one slot, lets more replicas vote from the next slot on,
 * and quorums become larger.
 *
 * Leslie Lamport, "Paxos made simple", 2001, section 3: who decides a slot is part of the state after the slots before it. Leslie
 * Lamport, Dahlia Malkhi, Lidong Zhou, "Reconfiguring a state machine", SIGACT News 41, 2010.
 *
 * A slot is one vote: each member votes once, and a majority decides. A slot in which votes are split is never decided;
 * to try again is left out, because it is the hand-over that is looked at. Everybody hears all votes, so whoever is no
 * member yet learns what was decided. The first three replicas are members, and the others join together. n > 3.
 *
 * Slots are bounded: two, the one that changes the members, and the first one after it.
 */
import { among, defineProtocol, every, type Id, match, range, type Setting } from '../model/index.ts'

const JOIN = 'join'

interface State {
  /** The first slot that it may still vote in. */
  open: number
  /** What was decided, slot by slot. Only in variants that do not wait there are gaps. */
  log: (string | null)[]
}

type Message = { type: 'VOTE'; slot: number; command: string }

export interface Reconfiguration {
  state: State
  message: Message
  output: { slot: number; decided: string }
  rules: typeof rules
}

/** The commands of some slots: `null` where a replica does not know what was decided. */
type Commands = readonly (string | null)[]

const members = (before: Commands, n: number): Id[] => range(before.includes(JOIN) ? n : 3)

const rules = ({ n }: Setting) => ({
  /** Who votes after these commands: several sets, if a quorum of each is needed. */
  voters: (before: Commands): Id[][] => [members(before, n)],
  /** Two majorities of the same members share one of them, and that one votes once. */
  quorumOf: (voters: readonly Id[]): number => Math.floor(voters.length / 2) + 1,
  /** Does a replica leave a slot alone until it knows what was decided in all slots below? */
  waits: true,
})

/** A log here has few slots. What names others, or none, is no vote. */
const MOST_SLOTS = 16
const isSlot = (slot: number): boolean => Number.isInteger(slot) && slot >= 0 && slot < MOST_SLOTS

const commandsBefore = ({ log }: State, slot: number): Commands => range(slot).map((below) => log[below] ?? null)

export const reconfiguration = defineProtocol<Reconfiguration>({
  name: 'reconfiguration',
  about: 'A replicated log in which a command changes who votes from the next slot on.',
  rules,
  auth: 'channels',
  defaults: (n) => ({
    f: 1,
    b: 0,
    values: ['a', 'b', JOIN],
    inputs: Object.fromEntries(range(n).map((id) => [id, ['a', 'b', JOIN]])),
    bounds: { slots: 2 },
  }),
  within: ({ open, log }, { slots }) => open <= slots! && log.length <= slots!,
  alphabet: ({ values, bounds }) => every({ type: ['VOTE'], slot: range(bounds.slots!), command: values }),

  init: () => ({ open: 0, log: [] }),

  input(state, command, ctx) {
    const slot = state.open
    const before = commandsBefore(state, slot)
    if (ctx.rules.waits && before.includes(null)) return
    if (!ctx.rules.voters(before).flat().includes(ctx.self)) return
    state.open = slot + 1
    ctx.broadcast({ type: 'VOTE', slot, command })
  },

  upon: {
    VOTE(state, { slot, command }, ctx) {
      if (!isSlot(slot)) return
      const before = commandsBefore(state, slot)
      if ((state.log[slot] ?? null) !== null || (ctx.rules.waits && before.includes(null))) return
      for (const voters of ctx.rules.voters(before)) {
        ctx.need(among(voters, ctx.rules.quorumOf(voters)), match<Message>('VOTE', { slot, command }))
      }
      while (state.log.length <= slot) state.log.push(null)
      state.log[slot] = command
      // Who learns what was decided votes on it no more.
      state.open = Math.max(state.open, slot + 1)
      ctx.output({ slot, decided: command })
    },
  },
})

/** The size of a quorum stays what it was with three members. */
export const oldMajority = reconfiguration.variant('old-majority', () => ({ quorumOf: () => 2 }))
/** A replica goes on to the next slot with the newest members that it knows: others may know newer ones. */
export const bothSets = reconfiguration.variant('both-sets', () => ({ waits: false }))
/** It goes on, too, but needs a quorum of the old members and one of the new, as long as it does not know which. */
export const joint = reconfiguration.variant('joint', ({ n }) => ({
  waits: false,
  voters: (before) => (before.includes(null) ? [members([], n), members([JOIN], n)] : [members(before, n)]),
}))
