/** What convicts a replica of PBFT, whose messages are signed. */
import type { AnyMessage, Law } from '../src/model/index.ts'

interface Voted {
  readonly view: number
  readonly slot: number
}
interface Changed {
  readonly view: number
  readonly stable: number
  readonly certificates: readonly Voted[]
}

/** Who said COMMIT has prepared, and shows a certificate of that view or a later one in every later VIEW-CHANGE. */
function forgets(earlier: AnyMessage, later: AnyMessage): boolean {
  if (earlier.type !== 'COMMIT' || later.type !== 'VIEW_CHANGE') return false
  const [vote, change] = [earlier as unknown as Voted, later as unknown as Changed]
  if (change.view <= vote.view || change.stable >= vote.slot) return false
  return !change.certificates.some(({ slot, view }) => slot === vote.slot && view >= vote.view)
}

export const pbftLaw: Law = {
  once: ['PRE_PREPARE', 'PREPARE', 'COMMIT', 'VIEW_CHANGE', 'NEW_VIEW'],
  forgets,
  except: ['no-view-gate', 'vc-omits-prepared', 'lowest-view-certificate'],
}
