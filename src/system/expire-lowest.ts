import type { Id, Local, Program } from '../model/index.ts'

/** Expirations in a healed run: n + 1 view changes, of which each may take one of every timer that a replica has. */
export function mostExpirations({ protocol, setting }: Program): number {
  return (setting.n + 1) * Math.max(1, Object.keys(protocol.definition.timeout ?? {}).length)
}

/**
 * Armed timers of the lowest view expire, by id. Says whether one of them did anything.
 *
 * @param take says whether it is a step
 */
export function expireLowest(
  { protocol, setting }: Program,
  ids: readonly Id[],
  local: (at: Id) => Local,
  take: (at: Id, timer: string) => boolean,
): boolean {
  const view = (at: Id): number =>
    at >= setting.n ? Number.NEGATIVE_INFINITY : (protocol.definition.viewOf?.(local(at).state) ?? 0)
  const armed = ids.filter((at) => local(at).timers.length > 0).map((at) => ({ at, view: view(at) }))
  const lowest = Math.min(...armed.map((one) => one.view))
  let fired = false
  for (const { at } of armed.filter((one) => one.view === lowest)) {
    for (const timer of local(at).timers) {
      // One that expired before it may have cancelled it.
      if (local(at).timers.includes(timer) && take(at, timer)) fired = true
    }
  }
  return fired
}
