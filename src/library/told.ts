import { assertShape, type Kind, listOf, OBJECT, optional, type Shape, TEXT } from '../model/shape.ts'

const SUBJECT: Kind = {
  words: 'a name, a protocol, or all exports of its file',
  is: (value) => TEXT.is(value) || OBJECT.is(value),
}
const ABOUT: Shape = { subject: optional(SUBJECT), claims: optional(listOf(OBJECT)) }

/** @throws UsageError for an option that a function which takes a trace does not have */
export function assertTold(name: string, options: object, shape: Shape = {}): void {
  assertShape(`the options of ${name}`, { ...ABOUT, ...shape }, options)
}

/** A name, or a list of them. */
export const NAMES: Kind = optional({
  words: 'a name, or a list of names',
  is: (value) => TEXT.is(value) || listOf(TEXT).is(value),
})
