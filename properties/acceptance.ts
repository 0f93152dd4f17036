/** What broadcasts promise in which each replica finds out by itself whether the broadcaster has sent something. */
import { type Claim, type Invariant, invariant, nameOf } from '../src/model/index.ts'
import { decided, decidesAfterHealing, ifAllPropose, totality } from './claims.ts'

/** What a replica notes as the message of the broadcaster arrives. */
export interface Arrival {
  arrived: string
}

/** Judged as a replica accepts: what arrives later is no excuse. */
function unforgeability<O extends object>(isAccepted: (output: O) => boolean): Invariant<O | { note: Arrival }> {
  return invariant(
    {
      name: 'unforgeability',
      about: 'A correct replica accepts only after the message of the broadcaster has arrived at some correct one.',
      reads: ['soup', 'notes'],
      words: ['ECHO'],
      notes: ['arrived'],
      decidedBy: 1,
    },
    ({ fresh, outputs, setting: { n } }) => {
      if (outputs.some(({ output }) => 'note' in output)) return undefined
      const forged = fresh.find(({ output }) => !('note' in output) && isAccepted(output as O))
      return forged && `${nameOf(forged.at, n)} accepted what has arrived from the broadcaster at nobody correct`
    },
  )
}

/** One broadcast, hence one slot without a name. */
const accepted = (output: object) => ('accepted' in output ? { slot: '', value: output.accepted as string } : undefined)

/** What such a broadcast promises. */
export const acceptance: readonly Claim<any>[] = [
  unforgeability((output: object) => 'accepted' in output),
  totality(accepted),
  decidesAfterHealing(accepted, ifAllPropose),
  decided(accepted),
]
