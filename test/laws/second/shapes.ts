/** Shapes of data: what a field of a message or of a state may be, and all the values that it may have. */
import type { Draw } from './draw.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface Field {
  readonly name: string
  readonly shape: Shape
  readonly optional?: boolean
}

export type Shape =
  | { readonly kind: 'text'; readonly of: readonly string[] }
  | { readonly kind: 'number'; readonly most: number }
  | { readonly kind: 'flag' }
  | { readonly kind: 'nullable'; readonly of: Shape }
  /** A value that may not be there: of an optional field, or behind an optional chain. */
  | { readonly kind: 'maybe'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape; readonly most: number }
  | { readonly kind: 'object'; readonly fields: readonly Field[] }
  | { readonly kind: 'union'; readonly of: readonly (Shape & { kind: 'object' })[] }

export const text = (...of: string[]): Shape => ({ kind: 'text', of })
export const number = (most: number): Shape => ({ kind: 'number', most })
export const flag: Shape = { kind: 'flag' }
export const nullable = (of: Shape): Shape => ({ kind: 'nullable', of })
export const maybe = (of: Shape): Shape => (of.kind === 'maybe' ? of : { kind: 'maybe', of })
export const list = (of: Shape, most: number): Shape => ({ kind: 'list', of, most })
export const object = (...fields: Field[]): Shape & { kind: 'object' } => ({ kind: 'object', fields })

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Every value of a shape. An optional field is there or not. */
export function valuesOf(shape: Shape): Json[] {
  switch (shape.kind) {
    case 'text':
      return [...shape.of]
    case 'number':
      return Array.from({ length: shape.most + 1 }, (_, i) => i)
    case 'flag':
      return [false, true]
    case 'nullable':
      return [null, ...valuesOf(shape.of)]
    case 'maybe':
      return valuesOf(shape.of)
    case 'list': {
      const [each, all]: [Json[], Json[][]] = [valuesOf(shape.of), [[]]]
      for (let from = 0, length = 1; length <= shape.most; length++) {
        const to = all.length
        for (const shorter of all.slice(from, to)) for (const value of each) all.push([...shorter, value])
        from = to
      }
      return all
    }
    case 'object':
      return objectsOf(shape.fields)
    case 'union':
      return shape.of.flatMap(valuesOf)
  }
}

function objectsOf(fields: readonly Field[]): { [key: string]: Json }[] {
  let all: { [key: string]: Json }[] = [{}]
  for (const { name, shape, optional } of fields) {
    const values = valuesOf(shape)
    all = all.flatMap((one) => [...(optional ? [one] : []), ...values.map((value) => ({ ...one, [name]: value }))])
  }
  return all
}

/** How many values a shape has. */
export const sizeOf = (shape: Shape): number => valuesOf(shape).length

/** A place in scope: how to write it, and what is there. */
export interface Place {
  readonly path: string
  readonly shape: Shape
}

/** The place itself, and the parts of it that can be read without throwing. */
export function placesIn({ path, shape }: Place): Place[] {
  const [inner, isUnsure] = shape.kind === 'nullable' || shape.kind === 'maybe' ? [shape.of, true] : [shape, false]
  const parts = (fields: readonly Field[], unsure: boolean): Place[] =>
    fields.flatMap((field) =>
      placesIn({
        path: `${path}${unsure ? '?.' : '.'}${field.name}`,
        shape: unsure || field.optional ? maybe(field.shape) : field.shape,
      }),
    )
  const here = { path, shape }
  if (inner.kind === 'object') return [here, ...parts(inner.fields, isUnsure)]
  if (inner.kind !== 'union') return [here]
  const fields = inner.of.flatMap((member) => member.fields)
  const first = fields.filter(({ name }, i) => fields.findIndex((other) => other.name === name) === i)
  // Which of the members it is can be asked, and not taken for the tag of one of them.
  const tags = text(...fields.flatMap(({ name, shape: one }) => (name === 'type' && one.kind === 'text' ? one.of : [])))
  return [
    here,
    ...parts(
      first.map((field) => ({ ...field, optional: true, ...(field.name === 'type' ? { shape: tags } : {}) })),
      isUnsure,
    ),
  ]
}

/** A shape of at most so many values, from the kinds that people use. */
export function shapeFor(draw: Draw, values: readonly string[], most: number, depth = 0): Shape {
  for (let tries = 0; tries < 8; tries++) {
    const shape = anyShape(draw, values, depth)
    if (sizeOf(shape) <= most) return shape
  }
  return most >= values.length ? text(...values) : flag
}

function anyShape(draw: Draw, values: readonly string[], depth: number): Shape {
  const value = text(...values)
  const scalar = (): Shape =>
    draw.weighted([
      [4, value],
      [2, number(draw.between(1, 2))],
      [1, flag],
    ])
  const kinds: [number, () => Shape][] = [
    [6, scalar],
    [2, () => nullable(scalar())],
    [3, () => list(draw.percent(75) ? value : number(1), draw.percent(65) ? 2 : 1)],
  ]
  if (depth < 2) {
    const inner = (): Shape => (depth === 0 && draw.percent(25) ? shapeFor(draw, values, 3, depth + 1) : scalar())
    kinds.push(
      [1, () => object({ name: 'p', shape: inner() }, ...(draw.percent(40) ? [{ name: 'k', shape: number(1) }] : []))],
      [2, () => nullable(object({ name: 'p', shape: inner() }))],
      // A record: an object with fixed keys, each of which may be there.
      [1, () => object(...values.map((name) => ({ name, shape: number(1), optional: draw.percent(50) })))],
      [
        1,
        () => ({
          kind: 'union',
          of: [
            object({ name: 'type', shape: text('one') }, { name: 'p', shape: inner() }),
            object({ name: 'type', shape: text('two') }),
          ],
        }),
      ],
    )
  }
  return draw.weighted(kinds)()
}
