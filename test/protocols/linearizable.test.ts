import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasOrder, type Operation, precedes } from '../../properties/linearizable.ts'

const op = (client: number, number: number, write: string | null, got?: string | null, after = [0, 0]): Operation => ({
  ...{ client, number, write, got, after },
})

/** Every order of a list. */
function ordersOf<T>(list: readonly T[]): T[][] {
  if (list.length === 0) return [[]]
  return list.flatMap((first, i) => ordersOf(list.filter((_, k) => k !== i)).map((rest) => [first, ...rest]))
}

/** Every choice of members of a list. */
function choicesOf<T>([first, ...rest]: readonly T[]): T[][] {
  if (first === undefined) return [[]]
  return choicesOf(rest).flatMap((chosen) => [chosen, [first, ...chosen]])
}

function isLegal(order: readonly Operation[]): boolean {
  if (order.some((one, i) => order.slice(0, i).some((earlier) => precedes(one, earlier)))) return false
  let value: string | null = null
  return order.every(({ write, got }) => {
    if (write === null && got !== undefined) return got === value
    value = write ?? value
    return true
  })
}

/** The definition, slowly: some of what has not ended took effect, in some order of all. */
function isLinearizable(operations: readonly Operation[]): boolean {
  const ended = operations.filter(({ got }) => got !== undefined)
  const going = operations.filter(({ got }) => got === undefined)
  return choicesOf(going).some((chosen) => ordersOf([...ended, ...chosen]).some(isLegal))
}

const value = fc.constantFrom('a', 'b')

/** Up to five operations of two clients, in one order, in which each knows of some that began before it and have ended. */
const histories = fc
  .array(fc.record({ client: fc.nat(1), write: fc.option(value), got: fc.option(value), heard: fc.nat(3) }), {
    maxLength: 5,
  })
  .chain((drawn) =>
    fc.record({ drawn: fc.constant(drawn), going: fc.tuple(fc.boolean(), fc.boolean()) }).map(({ going }) => {
      const begun = [0, 0]
      const known = [
        [0, 0],
        [0, 0],
      ]
      return drawn.map(({ client, write, got, heard }): Operation => {
        const [own, other] = [client, 1 - client]
        const left = drawn.filter((one) => one.client === client).length - begun[own]!
        known[own]![own] = begun[own]!
        known[own]![other] = Math.max(known[own]![other]!, Math.min(heard, begun[other]! - (going[other] ? 1 : 0)))
        begun[own]! += 1
        const isGoing = going[own] && left === 1
        return op(client, begun[own]!, write, isGoing ? undefined : (write ?? got), [...known[own]!])
      })
    }),
  )

test('the search for an order finds one exactly where trying all of them does', () => {
  let found = 0
  fc.assert(
    fc.property(histories, (history) => {
      const is = isLinearizable(history)
      if (is && history.length > 2) found++
      expect(hasOrder(history)).toBe(is)
    }),
    { numRuns: 1_000, seed: 1 },
  )
  expect(found).toBeGreaterThan(50)
})

test('a read may get what is being written, and the next one must not get what was before', () => {
  const writing = op(0, 1, 'a')
  expect(hasOrder([writing, op(1, 1, null, 'a')])).toBe(true)
  expect(hasOrder([writing, op(1, 1, null, null), op(1, 2, null, 'a')])).toBe(true)
  expect(hasOrder([writing, op(1, 1, null, 'a'), op(1, 2, null, null)])).toBe(false)
})

test('whoever has heard of the end of a write reads it', () => {
  const written = op(0, 1, 'a', 'a')
  expect(hasOrder([written, op(1, 1, null, null, [1, 0])])).toBe(false)
  expect(hasOrder([written, op(1, 1, null, null, [0, 0])])).toBe(true)
})
