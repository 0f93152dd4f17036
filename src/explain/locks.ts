import type { Id, Json } from '../model/index.ts'
import type { RunView } from '../view/run.ts'
import type { Decision, Lock } from './explanation.ts'

type Reads = (state: any) => readonly string[]

/** What a replica is bound to in its state, as the papers call it. */
const LOCKS: Readonly<Record<string, Reads>> = {
  pbft: ({ log }) =>
    log.flatMap(({ slot, accepted, prepared }: any) => {
      if (prepared) return [`has prepared ${prepared.digest} in view ${prepared.view}, slot ${slot}`]
      return accepted
        ? [`has accepted ${accepted.digest} in view ${accepted.view}, slot ${slot}, and has not prepared it`]
        : []
    }),
  paxos: ({ accepted, acceptedIn, promised }) => [
    ...(accepted === null ? [] : [`has accepted ${accepted} in ballot ${acceptedIn}`]),
    ...(promised >= 0 ? [`has promised ballot ${promised}`] : []),
  ],
  'ben-or': ({ estimate, round, decided }) =>
    decided === null && estimate !== null ? [`holds the estimate ${estimate} in round ${round}`] : [],
  'asyncio-pbft': ({ seen }) => seen.map(({ seq, digest }: any) => `took ${digest} as the proposal for slot ${seq}`),
  tendermint: ({ lockedValue, lockedRound }) =>
    lockedValue ? [`is locked on ${lockedValue} since round ${lockedRound}`] : [],
  qbft: ({ prepared }) => (prepared ? [`has prepared ${prepared.value} in round ${prepared.round}`] : []),
  ibft: ({ locked }) => (locked ? [`is locked on ${locked}`] : []),
  hotstuff: ({ locked }) => (locked.block ? [`is locked on block ${locked.block} of view ${locked.view}`] : []),
  'chained-hotstuff': ({ lock }) => (lock ? [`is locked on block ${lock}`] : []),
  'two-step': ({ accepted, acceptedIn }) => (accepted ? [`has accepted ${accepted} in view ${acceptedIn}`] : []),
  fab: ({ accepted, acceptedIn }) => (accepted ? [`has accepted ${accepted} in view ${acceptedIn}`] : []),
  'dolev-strong': ({ extracted }) => (extracted.length > 0 ? [`has extracted ${extracted.join(' and ')}`] : []),
}

/** Of what a replica has said itself, so much is told. */
const MOST_SAID = 4

/**
 * What each correct replica was bound to in the end: by its state, where it is known how to read that, otherwise by its
 * own votes, those of the types that decisions rest on.
 */
export function locks(run: RunView, decisions: readonly Decision[]): Lock[] {
  const decisive = decisions.flatMap(({ quorum, heard }) => [...(quorum?.envelopes ?? []), ...heard])
  const votes = decisive.map((id) => run.envelopes[id]!).filter(({ from }) => from < run.setting.n)
  const types = new Set(votes.map(({ message }) => message.type))
  return run.lanes.flatMap(({ id, fault, role }): Lock[] => {
    if (fault !== 'correct' || role !== 'replica') return []
    const held = heldBy(run, id)
    if (held) return [{ at: id, held, votes: [], said: [] }]
    if (types.size === 0) return []
    const said = run.envelopes.filter(
      ({ from, origin, message, sent }) =>
        from === id && origin === 'correct' && types.has(message.type) && sent !== null && sent <= run.events.length,
    )
    return [{ at: id, held: [], votes: [...types], said: said.slice(0, MOST_SAID).map((envelope) => envelope.id) }]
  })
}

/** What a replica is bound to by its last state, where it is known how to read that. */
function heldBy(run: RunView, id: Id): readonly string[] | undefined {
  const name = run.subject.split('/')[0]!
  const index = run.events.findLast(({ at }) => at === id)?.state ?? run.initial[id]
  if (!Object.hasOwn(LOCKS, name) || index === null || index === undefined) return undefined
  try {
    return LOCKS[name]!(run.states[index] as Json)
  } catch {
    // Somebody's own protocol of that name, whose states are others.
    return undefined
  }
}
