/** What a pure function has no use for, by the object that it belongs to. */
const SOURCES: readonly (readonly [owner: string, names: readonly string[]])[] = [
  ['Math', ['random']],
  ['Date', ['now']],
  ['performance', ['now']],
]
/** What puts something off until a handler has returned: nobody waits for it. */
const LATER = ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']
/** The same of what takes milliseconds to load, and is there once somebody looks at it. */
const CRYPTO = ['randomUUID', 'getRandomValues']

/**
 * Runs something with every source of chance and every clock replaced by one that tells.
 *
 * @param run is given a function that says what was called since it was last asked: `Math.random`, or nothing
 */
export function withProbes(run: (calledLately: () => string | undefined) => void): void {
  let called: string | undefined
  const note = (name: string): void => {
    called ??= name
  }
  const undo: (() => void)[] = []
  const replace = (owner: object, key: string, standIn: (before: any) => unknown): void => {
    const before =
      Object.getOwnPropertyDescriptor(owner, key) ?? Object.getOwnPropertyDescriptor(Object.getPrototypeOf(owner), key)
    if (!before) return
    const own = Object.hasOwn(owner, key)
    Object.defineProperty(owner, key, { value: standIn(Reflect.get(owner, key)), configurable: true, writable: true })
    undo.push(() => (own ? Object.defineProperty(owner, key, before) : Reflect.deleteProperty(owner, key)))
  }
  const replaceAll = (owner: string, object: object, names: readonly string[]): void => {
    for (const name of names) {
      replace(object, name, (before: (...given: unknown[]) => unknown) => (...given: unknown[]) => {
        note(owner === '' ? name : `${owner}.${name}`)
        return Reflect.apply(before, object, given)
      })
    }
  }
  for (const [owner, names] of SOURCES) replaceAll(owner, Reflect.get(globalThis, owner) as object, names)
  replaceAll('', globalThis, LATER)
  replace(Promise.prototype, 'then', (before: Promise<unknown>['then']) => {
    return function (this: Promise<unknown>, ...given: Parameters<Promise<unknown>['then']>) {
      note('Promise.then')
      return Reflect.apply(before, this, given)
    }
  })
  const crypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto')
  if (crypto?.get && crypto.configurable) {
    const looked = (): unknown => {
      Object.defineProperty(globalThis, 'crypto', crypto)
      const object = globalThis.crypto
      replaceAll('crypto', object, CRYPTO)
      return object
    }
    Object.defineProperty(globalThis, 'crypto', { get: looked, configurable: true, enumerable: true })
    undo.push(() => Object.defineProperty(globalThis, 'crypto', crypto))
  } else if (globalThis.crypto) replaceAll('crypto', globalThis.crypto, CRYPTO)
  replace(globalThis, 'Date', (before) => {
    const told = (made: boolean, given: unknown[]): void => {
      if (!made || given.length === 0) note('new Date()')
    }
    return new Proxy(before, {
      construct: (target, given, newTarget) => {
        told(true, given)
        return Reflect.construct(target, given, newTarget)
      },
      apply: (target, self, given) => {
        told(false, given)
        return Reflect.apply(target, self, given)
      },
    })
  })
  try {
    run(() => {
      const lately = called
      called = undefined
      return lately
    })
  } finally {
    for (const one of undo.reverse()) one()
  }
}
