import type { Json } from '../model/index.ts'
import type { Run } from '../view/run.ts'
import type { Lock } from './explanation.ts'

type Reads = (state: any) => readonly string[]

/** What a replica is bound to in its state, as the papers call it. */
const LOCKS: Readonly<Record<string, Reads>> = {
  pbft: ({ log }) =>
    log.flatMap(({ slot, accepted, prepared }: any) => {
      if (prepared) return [`prepared ${prepared.digest} in view ${prepared.view}, slot ${slot}`]
      return accepted
        ? [`accepted ${accepted.digest} in view ${accepted.view}, slot ${slot}, and has not prepared it`]
        : []
    }),
  paxos: ({ accepted, acceptedIn, promised }) => [
    ...(accepted === null ? [] : [`accepted ${accepted} in ballot ${acceptedIn}`]),
    ...(promised >= 0 ? [`promised ballot ${promised}`] : []),
  ],
  'ben-or': ({ estimate, round, decided }) =>
    decided === null && estimate !== null ? [`holds the estimate ${estimate} in round ${round}`] : [],
  'asyncio-pbft': ({ seen }) => seen.map(({ seq, digest }: any) => `took ${digest} as the proposal for slot ${seq}`),
  'dolev-strong': ({ extracted }) => (extracted.length > 0 ? [`has extracted ${extracted.join(' and ')}`] : []),
  bracha: ({ delivered, readied, echoed }) =>
    delivered === null ? [...(echoed ? ['has said its ECHO'] : []), ...(readied ? ['has said its READY'] : [])] : [],
}

/** What each correct replica was bound to in the end; nothing for protocols of which this is not known. */
export function locks(run: Run): Lock[] {
  const name = run.subject.split('/')[0]!
  const read = Object.hasOwn(LOCKS, name) ? LOCKS[name] : undefined
  if (!read) return []
  return run.lanes.flatMap(({ id, fault, role }): Lock[] => {
    if (fault !== 'correct' || role !== 'replica') return []
    const index = run.events.findLast(({ at }) => at === id)?.state ?? run.initial[id]
    return index === null || index === undefined ? [] : [{ at: id, held: read(run.states[index] as Json) }]
  })
}
