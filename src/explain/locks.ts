import type { Json } from '../model/index.ts'
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
  'dolev-strong': ({ extracted }) => (extracted.length > 0 ? [`has extracted ${extracted.join(' and ')}`] : []),
}

/** Of what a replica has said itself, so much is told. */
const MOST_SAID = 4

/**
 * What each correct replica was bound to in the end: by its state, where it is known how to read that, otherwise by its
 * own votes, those of the types that decisions rest on.
 */
export function locks(run: RunView, decisions: readonly Decision[]): Lock[] {
  const name = run.subject.split('/')[0]!
  const read = Object.hasOwn(LOCKS, name) ? LOCKS[name] : undefined
  const decisive = decisions.flatMap(({ quorum, heard }) => [...(quorum?.envelopes ?? []), ...heard])
  const types = new Set(decisive.map((id) => run.envelopes[id]!.message.type))
  return run.lanes.flatMap(({ id, fault, role }): Lock[] => {
    if (fault !== 'correct' || role !== 'replica') return []
    if (!read) {
      const said = run.envelopes.filter(
        ({ from, origin, message }) => from === id && origin === 'correct' && types.has(message.type),
      )
      const sent = said.filter((envelope) => envelope.sent !== null && envelope.sent <= run.events.length)
      return types.size === 0
        ? []
        : [{ at: id, held: [], said: sent.slice(0, MOST_SAID).map((envelope) => envelope.id) }]
    }
    const index = run.events.findLast(({ at }) => at === id)?.state ?? run.initial[id]
    return index === null || index === undefined ? [] : [{ at: id, held: read(run.states[index] as Json), said: [] }]
  })
}
