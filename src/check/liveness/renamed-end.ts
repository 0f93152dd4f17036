import type { Healer } from '../../kernel/healed/index.ts'
import type { Facts, Id, Json, Said } from '../../model/index.ts'

/** What each participant has put out. */
export type Puts = ReadonlyMap<Id, ReturnType<Healer['puts']>>

/**
 * What claims see at the end of a healed run with the participants' names exchanged. It is the end of the run from the
 * state with these names, where the order of firings is nothing: a healed run goes by names in nothing else.
 *
 * @param before what they see of the state with the names exchanged
 * @param order for each position, the position of the one who stands there now
 */
export function renamedEnd(before: Facts, ids: readonly Id[], order: readonly number[], puts: Puts): Facts {
  const list = (kind: 'outputs' | 'notes'): Said<Json>[] =>
    before.correct.flatMap((at) => puts.get(ids[order[ids.indexOf(at)]!]!)![kind].map((output) => ({ at, output })))
  const notes = list('notes').map(({ at, output }) => ({ at, output: { note: output } }))
  return { ...before, outputs: [...list('outputs'), ...notes] }
}
