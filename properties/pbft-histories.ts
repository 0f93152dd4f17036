/** What replicas of PBFT had executed, as its claims read it off outputs. */
import { type Id, type Invariant, invariant, nameOf, type Outcome } from '../src/model/index.ts'
import { requestsOf } from '../src/protocols/pbft-messages.ts'
import type { Pbft } from '../src/protocols/pbft-rules.ts'

export type Output = Pbft['output'] | { readonly note: Pbft['note'] }

/**
 * What a replica had executed, in order, after each of its outputs that is not just one more: state transfer replaces
 * what was executed, so the history before it counts by itself.
 */
export function histories(outcome: Outcome<Output>): { readonly at: Id; readonly done: readonly string[] }[] {
  return outcome.correct.flatMap((at) => {
    const versions: string[][] = [[]]
    for (const { output } of outcome.outputs.filter((said) => said.at === at)) {
      if ('executed' in output) versions.at(-1)!.push(output.executed)
      if ('adopted' in output) versions.push(requestsOf(output.adopted))
    }
    return versions.map((done) => ({ at, done }))
  })
}

/** The first place where two histories differ, or nothing where one begins with the other. */
export function parting(one: readonly string[], other: readonly string[]): number | undefined {
  const shorter = Math.min(one.length, other.length)
  for (let i = 0; i < shorter; i++) if (one[i] !== other[i]) return i
  return undefined
}

export const prefix: Invariant<Output> = invariant(
  { name: 'prefix', about: 'Executed histories of correct replicas are prefixes of one another.' },
  (outcome) => {
    const all = histories(outcome)
    for (const [i, one] of all.entries()) {
      for (const other of all.slice(i + 1)) {
        const at = parting(one.done, other.done)
        if (at === undefined) continue
        const { n } = outcome.setting
        return `request ${at + 1} of ${nameOf(one.at, n)} was ${one.done[at]}, of ${nameOf(other.at, n)} ${other.done[at]}`
      }
    }
    return undefined
  },
)

export const exactlyOnce: Invariant<Output> = invariant(
  { name: 'exactly-once', about: 'A correct replica executes a request at most once.' },
  (outcome) => {
    for (const { at, done } of histories(outcome)) {
      const again = done.find((name, i) => done.indexOf(name) < i)
      if (again !== undefined) return `${nameOf(at, outcome.setting.n)} executed ${again} twice`
    }
    return undefined
  },
)
