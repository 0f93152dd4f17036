/** A claim that says which slot an output is about, and takes those of two to break it, must not be said to hold. */
import { describe, expect, test } from 'vitest'
import { type Anything, authored, checked } from './author.ts'
import { of, some } from './claimed.ts'

/** Everybody fills slots one after another, with one of two values, and puts out which. */
const filling = (slots: number) =>
  authored(
    (state: Anything, { slot, v }: Anything, ctx: Anything) => {
      if (state.filled[slot]) return
      state.filled[slot] = v
      ctx.output({ slot, v })
    },
    {
      defaults: () => ({ f: 0, b: 0, values: ['a', 'b'], inputs: 'any', bounds: {} }),
      init: () => ({ filled: {} }),
      input(state: Anything, v: string, ctx: Anything) {
        for (let slot = 1; slot <= slots; slot++) {
          if (state.filled[slot]) continue
          state.filled[slot] = v
          ctx.output({ slot, v })
          ctx.broadcast({ type: 'V', slot, v })
          return
        }
      },
    },
  )

const bySlot = (is: (outputs: readonly Anything[]) => boolean) =>
  of({ slot: (output: Anything) => output.slot }, ({ outputs }) => (is(outputs) ? 'broken' : undefined))
const count = (outputs: readonly Anything[], slot: number, v: string): number =>
  outputs.filter(({ output }) => output.slot === slot && output.v === v).length

describe('what takes the outputs about several slots is refused, wherever the search would have stopped', () => {
  test.each([
    ['two of everybody', 2, 2, (o: readonly Anything[]) => count(o, 1, 'b') === 2 && count(o, 2, 'a') === 2],
    ['three of one', 3, 1, (o: readonly Anything[]) => count(o, 1, 'b') + count(o, 2, 'a') + count(o, 3, 'b') === 3],
    ['of one, but not of another', 2, 2, (o: readonly Anything[]) => count(o, 1, 'b') > 0 && count(o, 2, 'b') === 1],
  ] as const)('%s', (_, slots, n, is) => {
    expect(() => checked(filling(slots), { n }, [bySlot(is), some])).toThrow(/it takes more than those of one slot/)
  })
})

test('a claim may count on it that nobody fills a slot twice', () => {
  const counting = (of: (outputs: readonly Anything[]) => boolean) => (outputs: readonly Anything[]) => {
    const keys = outputs.map(({ at, output }) => `${at} ${output.slot}`)
    if (new Set(keys).size < keys.length) throw new Error('filled twice')
    return of(outputs)
  }
  const differ = counting((o) => [1, 2].some((slot) => count(o, slot, 'a') > 0 && count(o, slot, 'b') > 0))
  const never = counting((o) => count(o, 1, 'c') > 0)
  const verdicts = (is: typeof never, more: Anything) =>
    checked(filling(2), { n: 2 }, [{ ...bySlot(is), ...more }, some])
  for (const more of [{}, { decidedBy: 2 }, { slot: undefined, decidedBy: 2 }]) {
    expect(verdicts(differ, more)).toEqual({ it: 'violated in 2' })
    expect(verdicts(never, more)).toEqual({ it: 'holds' })
  }
})
