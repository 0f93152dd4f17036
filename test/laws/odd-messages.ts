import fc from 'fast-check'
import { universeOf } from '../../properties/laws/scene.ts'
import type { Arriving } from '../../properties/laws/values.ts'
import type { AnyMessage, Json, Protocol } from '../../src/model/index.ts'

/** Numbers that no correct replica says, and strings that are traps where they become keys. */
const NUMBERS = [-1, 0, 1, 2, 3, 0.5, -7.25, 1e9, 2 ** 31, 2 ** 53, 1e308, -1e308]
const STRINGS = ['', '__proto__', 'constructor', 'toString', 'a', 'b', '-', '\u0000', '\ud800', 'a'.repeat(300)]

/** The same shape with other leaves: lists may be empty, or repeat their elements. */
function oddly(value: Json): fc.Arbitrary<Json> {
  if (typeof value === 'number') return fc.oneof(fc.constant(value), fc.constantFrom(...NUMBERS))
  if (typeof value === 'string') return fc.oneof(fc.constant(value), fc.constantFrom(...STRINGS))
  if (typeof value === 'boolean') return fc.boolean()
  if (value === null) return fc.constant(null)
  if (Array.isArray(value)) {
    if (value.length === 0) return fc.constant([])
    return fc.oneof(
      fc.constant([]),
      fc.tuple(...value.map((each) => oddly(each as Json))),
      fc.array(oddly(value[0] as Json), { maxLength: 4 }),
    )
  }
  const fields = Object.entries(value).map(([key, part]): [string, fc.Arbitrary<Json>] => [
    key,
    key === 'type' ? fc.constant(part as Json) : oddly(part as Json),
  ])
  return fc.record(Object.fromEntries(fields)) as fc.Arbitrary<Json>
}

/** Well-typed messages with odd contents, one for each shape that the protocol can say, from anybody to anybody. */
export function oddMessages(protocol: Protocol): fc.Arbitrary<Arriving[]> {
  const shapes = universeOf(protocol).messages as readonly unknown[] as readonly Json[]
  const message = fc.constantFrom(...shapes).chain(oddly) as fc.Arbitrary<unknown> as fc.Arbitrary<AnyMessage>
  return fc.array(fc.record({ at: fc.nat({ max: 4 }), from: fc.nat({ max: 4 }), message }), {
    minLength: 1,
    maxLength: 12,
  })
}
