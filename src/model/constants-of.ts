import type { Protocol } from './protocol.ts'
import type { Setting } from './setting.ts'

/**
 * The bounds that a protocol's rules read: parts of the algorithm, such as how often a checkpoint is taken, and no
 * room for a search. Another value makes another protocol, often one with more to say.
 */
export function constantsOf({ definition }: Protocol, setting: Setting): ReadonlySet<string> {
  const read = new Set<string>()
  definition.rules(noting(setting, read))
  return read
}

/** The setting as somebody sees it who is not to look at its bounds unnoticed: what is read of them is added. */
export function noting(setting: Setting, read: Set<string>): Setting {
  const note = (name: string | symbol): void => {
    if (typeof name === 'string') read.add(name)
  }
  return { ...setting, bounds: watchedObject(setting.bounds, note) }
}

/** The same object, which tells what is looked at. Who copies it, or looks at all of it, looks at each of its fields. */
export function watchedObject<T extends object>(object: T, note: (name: string | symbol) => void): T {
  return new Proxy(object, {
    get(target, name) {
      note(name)
      return Reflect.get(target, name)
    },
    has(target, name) {
      note(name)
      return Reflect.has(target, name)
    },
    ownKeys(target) {
      Object.keys(target).forEach(note)
      return Reflect.ownKeys(target)
    },
    getOwnPropertyDescriptor(target, name) {
      note(name)
      return Reflect.getOwnPropertyDescriptor(target, name)
    },
  })
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
