import type { Protocol } from './protocol.ts'
import type { Setting } from './setting.ts'

/**
 * The bounds that a protocol's rules read: parts of the algorithm, such as how often a checkpoint is taken, and no
 * room for a search. Another value makes another protocol, often one with more to say.
 */
export function constantsOf({ definition }: Protocol, setting: Setting): ReadonlySet<string> {
  const read = new Set<string>()
  const bounds = new Proxy(setting.bounds, {
    get(target, name) {
      if (typeof name === 'string') read.add(name)
      return Reflect.get(target, name)
    },
    // Who copies the bounds, or looks at all of them, reads all of them.
    ownKeys(target) {
      for (const name of Object.keys(target)) read.add(name)
      return Reflect.ownKeys(target)
    },
  })
  definition.rules({ ...setting, bounds })
  return read
}

/** The fields of a state that a function of it reads. What it reads after something that is not there is not known. */
export function fieldsReadBy(look: (state: any) => unknown): readonly string[] {
  const read = new Set<string>()
  const state = new Proxy(
    {},
    {
      get(_, name) {
        if (typeof name === 'string') read.add(name)
        return 0
      },
    },
  )
  try {
    look(state)
  } catch {
    // It looks deeper than one field, and tells what it reads up to there.
  }
  return [...read].sort()
}
