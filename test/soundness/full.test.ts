/** A universe that is called full has every combination of what was seen; one change is one change of anything. */
import { describe, expect, test } from 'vitest'
import { recombine } from '../../src/adversary/index.ts'
import { type AnyMessage, canonical } from '../../src/model/index.ts'
import { checked, type Says, sayer } from './sayer.ts'

/** Messages that nobody says of its own accord; each is put together of what is said at its places. */
const kinds: { kind: string; says: Omit<Says, 'type'>[]; byzantineMessage: object; never?: object }[] = [
  {
    kind: 'null or an object',
    says: [
      { v: 'a', cert: null },
      { v: 'b', cert: { view: 1 } },
    ],
    byzantineMessage: { v: 'b', cert: null },
  },
  {
    kind: 'a field that only some have',
    says: [{ v: 'a' }, { v: 'b', cert: 1 }],
    byzantineMessage: { v: 'a', cert: 1 },
  },
  {
    kind: 'two fields that only some have',
    says: [
      { v: 1, x: 1 },
      { v: 1, y: 1 },
    ],
    byzantineMessage: { v: 1, x: 1, y: 1 },
  },
  {
    kind: 'a union at depth two',
    says: [
      { v: 'a', in: { lock: { type: 'free' } } },
      { v: 'b', in: { lock: { type: 'held', view: 1 } } },
      { v: 'b', in: { lock: { type: 'held', view: 2 } } },
    ],
    byzantineMessage: { v: 'a', in: { lock: { type: 'held', view: 2 } } },
    never: { v: 'a', in: { lock: { type: 'held' } } },
  },
  {
    kind: 'a list with one twice',
    says: [{ of: ['p', 'q'] }, { of: ['q', 'r'] }],
    byzantineMessage: { of: ['p', 'p'] },
  },
  {
    kind: 'a list in another order',
    says: [{ of: ['p', 'q'] }, { of: ['q', 'r'] }],
    byzantineMessage: { of: ['r', 'p'] },
  },
  { kind: 'a shorter list', says: [{ of: ['p', 'q'] }, { of: ['q', 'r'] }], byzantineMessage: { of: ['p'] } },
  {
    kind: 'an empty list',
    says: [
      { v: 1, of: [] },
      { v: 2, of: ['q'] },
    ],
    byzantineMessage: { v: 2, of: [] },
  },
  {
    kind: 'lists of lists',
    says: [{ of: [['p'], ['q', 'r']] }, { of: [[]] }],
    byzantineMessage: { of: [['r', 'r'], []] },
  },
  {
    kind: 'a list of objects with null among them',
    says: [{ of: [{ v: 1 }, null] }, { of: [{ v: 2 }] }],
    byzantineMessage: { of: [null, { v: 2 }] },
  },
  {
    kind: 'a list or null',
    says: [
      { v: 1, of: ['p'] },
      { v: 2, of: null },
    ],
    byzantineMessage: { v: 2, of: ['p'] },
  },
  {
    kind: 'numbers and strings',
    says: [
      { v: 1, w: 'x' },
      { v: 'y', w: 2 },
    ],
    byzantineMessage: { v: 'y', w: 'x' },
  },
  {
    kind: 'an object or text',
    says: [
      { v: 1, w: 'x' },
      { v: 2, w: { x: 1 } },
    ],
    byzantineMessage: { v: 1, w: { x: 1 } },
  },
]

describe('full', () => {
  for (const { kind, says, byzantineMessage, never } of kinds) {
    test(`${kind}: is said by a Byzantine replica`, () => {
      const protocol = sayer(says.map((fields) => ({ type: 'P', ...fields })))
      const is = (wanted: object) => (message: object) => canonical(message) === canonical({ type: 'P', ...wanted })
      const { claims, universe: said } = checked(protocol, is(byzantineMessage))
      expect(said).toMatchObject({ closed: true, extent: { P: 'full' } })
      expect(claims[0]).toMatchObject({ verdict: 'violated', shortest: 'certified' })
      if (never) expect(checked(protocol, is(never)).claims[0]).toMatchObject({ verdict: 'holds' })
    })
  }
})

describe('one change', () => {
  const list = (of: readonly unknown[]) => ({ type: 'P', of: [...of] })
  const many = Array.from({ length: 9 }, (_, i) => `x${i}`)
  const changes = (...messages: object[]) => {
    const found = recombine(messages as AnyMessage[])
    expect([...found.extent.values()]).toEqual(['one change'])
    const texts = new Set(found.messages.map((message) => canonical(message)))
    return (message: object): boolean => texts.has(canonical(message))
  }

  test('drops, adds anywhere, exchanges, repeats and swaps elements', () => {
    const says = changes(list(many.slice(0, 5)), list(many.slice(5)))
    const [a, b, c, d, e] = many
    expect(says(list([a, b, d, e]))).toBe(true)
    expect(says(list(['x7', ...many.slice(5)]))).toBe(true)
    expect(says(list([a, 'x7', c, d, e]))).toBe(true)
    expect(says(list([a, a, c, d, e]))).toBe(true)
    expect(says(list([e, b, c, d, a]))).toBe(true)
    expect(says(list([e, b, c, a, d]))).toBe(false)
    expect(says(list([a, b, c, d, e, a]))).toBe(false)
  })

  test('changes shapes', () => {
    const big = { of: many.slice(0, 5), more: many.slice(5) }
    const says = changes(
      { type: 'P', ...big, cert: null },
      { type: 'P', ...big, cert: { type: 'A', v: 1 } },
      { type: 'P', ...big, cert: { type: 'B', v: 2, w: 3 }, late: true },
      { type: 'P', of: ['x8'], more: ['x0'], cert: { type: 'B', v: 2 } },
    )
    expect(says({ type: 'P', ...big, cert: { type: 'A', v: 1 }, late: true })).toBe(true)
    expect(says({ type: 'P', of: ['x8'], more: ['x0'], cert: null })).toBe(true)
    expect(says({ type: 'P', of: ['x8'], more: ['x0'], cert: { type: 'A', v: 1 } })).toBe(true)
    expect(says({ type: 'P', of: ['x8'], more: ['x0'], cert: { type: 'B', v: 2, w: 3 } })).toBe(true)
  })
})
