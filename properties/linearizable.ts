import { type Invariant, invariant, nameOf, type Outcome } from '../src/model/index.ts'
import type { RegisterOutput } from '../src/protocols/register-client.ts'

/** An operation on a register: what a read got is known once it has ended. */
export interface Operation {
  readonly client: number
  /** Which one of its client, from 1. */
  readonly number: number
  /** What it writes, or null for a read. */
  readonly write: string | null
  /** What a read got; undefined as long as the operation has not ended. */
  readonly got: string | null | undefined
  /** How many operations of each client had ended, as far as this client knew, when it began. */
  readonly after: readonly number[]
}

/** The operations of correct clients, by client. */
export function operationsOf({ outputs, setting: { n } }: Outcome<object>): Operation[] {
  const all: Operation[] = []
  for (const { at, output } of outputs as readonly { at: number; output: RegisterOutput }[]) {
    if ('began' in output) {
      all.push({ client: at - n, number: output.began, write: output.write, got: undefined, after: output.after })
    } else if ('ended' in output) {
      const index = all.findIndex(({ client, number }) => client === at - n && number === output.ended)
      if (index >= 0) all[index] = { ...all[index]!, got: output.value }
    }
  }
  return all
}

/** Had one operation ended before the other began, as far as anybody can know? */
export const precedes = (one: Operation, other: Operation): boolean =>
  one.client === other.client ? one.number < other.number : (other.after[one.client] ?? 0) >= one.number

/**
 * Is there an order of the operations in which each read gets the last value written before it, and which keeps what
 * precedes what? An operation that has not ended may have had its effect, or not. Depth first, one operation at a time.
 */
export function hasOrder(left: readonly Operation[], value: string | null = null): boolean {
  if (left.every(({ got }) => got === undefined)) return true
  return left.some((next) => {
    if (left.some((other) => precedes(other, next))) return false
    if (next.write === null && next.got !== undefined && next.got !== value) return false
    return hasOrder(
      left.filter((other) => other !== next),
      next.write ?? value,
    )
  })
}

const told = ({ client, number, write, got }: Operation, n: number): string => {
  const what = write === null ? 'read' : 'wrote'
  const value = write ?? (got === undefined ? 'nothing yet' : (got ?? 'nothing'))
  return `${nameOf(n + client, n)} ${what} ${value} (${number})`
}

/** What clients saw of a register could have come of one copy that does one operation after another. */
export const linearizability: Invariant<object> = invariant<object>(
  {
    name: 'linearizability',
    about:
      'Reads return what a single copy would return that takes each operation at one moment between its start and its end.',
    promised: 'b = 0',
    promise: ({ byzantine }) => byzantine.length === 0,
  },
  (outcome) => {
    const all = operationsOf(outcome)
    if (hasOrder(all)) return undefined
    return `no order explains ${all.map((one) => told(one, outcome.setting.n)).join(', ')}`
  },
)
