import type { Id, Local, Program } from '../model/index.ts'

/** Where the protocol says how far its healed run goes, that ends it, and no number of view changes: a stop for mistakes. */
const MOST_WITHIN = 1_000

/** Expirations in a healed run: n + 1 view changes, of which each may take one of every timer that a replica has. */
export function mostExpirations({ protocol: { definition }, setting }: Program): number {
  const timers = Math.max(1, Object.keys(definition.timeout ?? {}).length)
  return (definition.healsWithin ? MOST_WITHIN : setting.n + 1) * timers
}

/**
 * Armed timers of the lowest view expire, by id; where the protocol says whose are the first, those alone if they do
 * anything. Says whether one of them did anything.
 *
 * @param take says whether it is a step
 */
export function expireLowest(
  { protocol: { definition }, setting, rules }: Program,
  ids: readonly Id[],
  local: (at: Id) => Local,
  take: (at: Id, timer: string) => boolean,
): boolean {
  const view = (at: Id): number =>
    at >= setting.n ? Number.NEGATIVE_INFINITY : (definition.viewOf?.(local(at).state) ?? 0)
  const armed = ids.filter((at) => local(at).timers.length > 0).map((at) => ({ at, view: view(at) }))
  const lowest = Math.min(...armed.map((one) => one.view))
  const those = armed.filter((one) => one.view === lowest).map(({ at }) => at)
  const first = those.filter((at) => at < setting.n && definition.expiresFirst?.(local(at).state, at, rules))
  return expireAll(first, local, take) || expireAll(those, local, take)
}

function expireAll(ids: readonly Id[], local: (at: Id) => Local, take: (at: Id, timer: string) => boolean): boolean {
  let fired = false
  for (const at of ids) {
    for (const timer of local(at).timers) {
      // One that expired before it may have cancelled it.
      if (local(at).timers.includes(timer) && take(at, timer)) fired = true
    }
  }
  return fired
}
