import type { Path } from './scan.ts'

/** The oldest version of the format that is still read. */
export const OLDEST = 1

/** Keys that format 2 calls otherwise, by where they stand. `docs/trace-format.md` has the same table. */
export const RENAMED: readonly { readonly old: Path; readonly now: Path }[] = [
  { old: ['found', 'steps'], now: ['origin', 'stepsBeforeShrinking'] },
  { old: ['found'], now: ['origin'] },
  { old: ['violation'], now: ['witness'] },
]

type Keyed = Readonly<Record<string, unknown>>

/** A trace of format 1 with the keys of format 2. Values are passed on as they are: the schema judges them. */
export function upgraded(value: Keyed): Keyed {
  const { found, violation, ...same } = value
  return {
    ...same,
    turncoat: 2,
    ...(found === undefined ? {} : { origin: originOf(found) }),
    ...(violation === undefined ? {} : { witness: violation }),
  }
}

function originOf(found: unknown): unknown {
  if (found === null || typeof found !== 'object' || Array.isArray(found)) return found
  const { steps, ...same } = found as Keyed
  return steps === undefined ? same : { ...same, stepsBeforeShrinking: steps }
}

/** A key of format 2 in a trace of format 1, which has no such key, and what it was called there. */
export function tooNew(value: Keyed): { readonly path: Path; readonly old: string } | undefined {
  const found = RENAMED.find(({ old, now }) => has(value, now) || has(value, [...old.slice(0, -1), now.at(-1)!]))
  if (!found) return undefined
  const path = has(value, found.now) ? found.now : [...found.old.slice(0, -1), found.now.at(-1)!]
  return { path, old: String(found.old.at(-1)) }
}

function has(value: unknown, path: Path): boolean {
  let part: any = value
  for (const key of path) {
    if (part === null || typeof part !== 'object' || !Object.hasOwn(part, key)) return false
    part = part[key]
  }
  return true
}

/** Where something stands in the text of a trace of format 1, given where it stands in its upgrade. */
export function pathInOld(path: Path): Path {
  const found = RENAMED.find(({ now }) => now.every((key, i) => path[i] === key))
  return found ? [...found.old, ...path.slice(found.now.length)] : path
}
