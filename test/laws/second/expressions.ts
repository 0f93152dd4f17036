/** Expressions and conditions in TypeScript, made at random, typed by the shapes of what is in scope. */
import type { Draw } from './draw.ts'
import { type Json, type Place, placesIn, type Shape, same, valuesOf } from './shapes.ts'

/** What code at one place can see. */
export interface Scope {
  readonly draw: Draw
  readonly places: readonly Place[]
  /** Names of participants that may be looked at, as in `ctx.from`. */
  readonly names: readonly string[]
  readonly n: number
}

export const widened = (scope: Scope, ...places: Place[]): Scope => ({
  ...scope,
  places: [...scope.places, ...places.flatMap(placesIn)],
})

/** The value as source text. Keys in some order: it must not matter. */
export function literal(draw: Draw, value: Json): string {
  if (Array.isArray(value)) return `[${value.map((one) => literal(draw, one)).join(', ')}]`
  if (value === null || typeof value !== 'object') return typeof value === 'string' ? `'${value}'` : String(value)
  const entries = Object.entries(value).map(([key, one]) => `${key}: ${literal(draw, one)}`)
  if (entries.length === 0) return '{}'
  return `{ ${draw.percent(50) ? entries.reverse().join(', ') : entries.join(', ')} }`
}

const anyOf = (draw: Draw, shape: Shape): string => literal(draw, draw.pick(valuesOf(shape)))

/** What is there where something is there. */
export function bare(shape: Shape): Shape {
  return shape.kind === 'maybe' || shape.kind === 'nullable' ? bare(shape.of) : shape
}

/** An expression whose value has the shape. */
export function expression(scope: Scope, shape: Shape, depth = 0): string {
  const { draw, places } = scope
  if (shape.kind === 'maybe') return expression(scope, shape.of, depth)
  const there = places.filter((place) => same(place.shape, shape)).map(({ path }) => path)
  if (there.length > 0 && draw.percent(60)) return draw.pick(there)
  const unsure = places.filter((place) => !same(place.shape, shape) && same(bare(place.shape), bare(shape)))
  if (unsure.length > 0 && draw.percent(50)) {
    const { path } = draw.pick(unsure)
    if (shape.kind === 'nullable') return draw.percent(80) ? `(${path} ?? null)` : 'null'
    return `(${path} ?? ${anyOf(draw, shape)})`
  }
  if (depth > 2 || draw.percent(20)) return anyOf(draw, shape)
  return built(scope, shape, depth)
}

function built(scope: Scope, shape: Shape, depth: number): string {
  const { draw } = scope
  switch (shape.kind) {
    case 'text':
      return draw.percent(50)
        ? `(${condition(scope, 1)} ? ${anyOf(draw, shape)} : ${anyOf(draw, shape)})`
        : anyOf(draw, shape)
    case 'number':
      return numeral(scope, shape.most)
    case 'flag':
      return `Boolean(${condition(scope, 1)})`
    case 'nullable':
      return draw.percent(30) ? 'null' : expression(scope, shape.of, depth + 1)
    case 'list':
      return listing(scope, shape, depth)
    case 'object': {
      const fields = shape.fields.filter(({ optional }) => !optional || draw.percent(60))
      const parts = fields.map((field) => {
        const value = `${field.name}: ${expression(scope, field.shape, depth + 1)}`
        return field.optional && draw.percent(40) ? `...(${condition(scope, 1)} ? { ${value} } : {})` : value
      })
      return `{ ${(draw.percent(50) ? parts.reverse() : parts).join(', ')} }`
    }
    case 'union':
      return expression(scope, draw.pick(shape.of), depth + 1)
    case 'maybe':
      return expression(scope, shape.of, depth)
  }
}

function numeral(scope: Scope, most: number): string {
  const { draw, places } = scope
  const numbers = places.filter(({ shape }) => shape.kind === 'number')
  const lists = places.filter(({ shape }) => shape.kind === 'list')
  const ways: [number, () => string][] = [[1, () => String(draw.below(most + 1))]]
  if (numbers.length > 0) ways.push([2, () => `(${draw.pick(numbers).path} + 1) % ${most + 1}`])
  if (numbers.length > 0) ways.push([1, () => `Math.min(${most}, ${draw.pick(numbers).path})`])
  if (lists.length > 0) ways.push([1, () => `Math.min(${most}, ${draw.pick(lists).path}.length)`])
  if (scope.names.length > 0 && draw.percent(30)) ways.push([1, () => `${draw.pick(scope.names)} % ${most + 1}`])
  return draw.weighted(ways)()
}

function listing(scope: Scope, shape: Shape & { kind: 'list' }, depth: number): string {
  const { draw, places } = scope
  const others = places.filter((place) => place.shape.kind === 'list' && same(place.shape.of, shape.of))
  const one = (): string => expression(scope, shape.of, depth + 1)
  const ways: [number, () => string][] = [
    [1, () => '[]'],
    [2, () => `[${one()}]`],
  ]
  if (shape.most > 1) ways.push([2, () => `[${one()}, ${one()}]`])
  if (others.length > 0) {
    const other = draw.pick(others).path
    ways.push([2, () => `${other}.slice(0, ${shape.most})`])
    ways.push([2, () => `[...${other}, ${one()}].slice(-${shape.most})`])
    ways.push([1, () => `[...new Set(${other})].sort().slice(0, ${shape.most})`])
    ways.push([1, () => `[...${other}].reverse().slice(0, ${shape.most})`])
  }
  return draw.weighted(ways)()
}

/** A condition: something that people ask in an `if`. */
export function condition(scope: Scope, depth = 0): string {
  const { draw, places } = scope
  if (depth === 0 && draw.percent(15)) return `${condition(scope, 1)} ${draw.pick(['&&', '||'])} ${condition(scope, 1)}`
  if (scope.names.length > 0 && draw.percent(8)) return aboutNames(scope)
  if (places.length === 0) return `ctx.rules.q ${draw.pick(['>', '<='])} ${draw.between(1, 2)}`
  const place = draw.pick(places)
  const asked = about(scope, place)
  return draw.percent(12) ? `!(${asked})` : asked
}

function aboutNames({ draw, names, n }: Scope): string {
  const name = draw.pick(names)
  if (names.length > 1 && draw.percent(40)) return `${names[0]} ${draw.pick(['===', '!==', '<'])} ${names[1]}`
  return `${name} ${draw.pick(['===', '!==', '<'])} ${draw.below(n)}`
}

function about(scope: Scope, { path, shape }: Place): string {
  const { draw, places } = scope
  if (shape.kind === 'maybe') return aboutMaybe(scope, path, shape.of)
  const equals = (): string => {
    const others = places.filter((other) => other.path !== path && same(bare(other.shape), bare(shape)))
    const right = others.length > 0 && draw.percent(50) ? draw.pick(others).path : anyOf(draw, shape)
    return `${path} ${draw.pick(['===', '===', '!=='])} ${right}`
  }
  switch (shape.kind) {
    case 'text':
      return draw.weighted([
        [6, equals],
        [1, () => `${path} < ${anyOf(draw, shape)}`],
        [1, () => `${path}.length > 0`],
      ])()
    case 'number':
      return draw.weighted([
        [3, equals],
        [3, () => `${path} ${draw.pick(['<', '>', '>='])} ${draw.between(0, shape.most)}`],
        [1, () => path],
      ])()
    case 'flag':
      return draw.percent(70) ? path : `!${path}`
    case 'nullable':
      return draw.weighted([
        [3, () => `${path} ${draw.pick(['===', '!=='])} null`],
        [2, () => (draw.percent(50) ? path : `!${path}`)],
        [1, () => `typeof ${path} === '${draw.pick(['object', 'string', 'number'])}'`],
        [shape.of.kind === 'list' || shape.of.kind === 'object' ? 0 : 2, equals],
        [shape.of.kind === 'list' ? 3 : 0, () => `(${aboutList(scope, `(${path} ?? [])`, shape.of)})`],
      ])()
    case 'list':
      return aboutList(scope, path, shape)
    case 'object':
    case 'union':
      return aboutKeys(scope, path, shape)
  }
}

function aboutMaybe({ draw }: Scope, path: string, shape: Shape): string {
  const inner = bare(shape)
  const isScalar = inner.kind === 'text' || inner.kind === 'number' || inner.kind === 'flag'
  return draw.weighted([
    [2, () => `${path} ${draw.pick(['===', '!=='])} undefined`],
    [2, () => `${path} ${draw.pick(['==', '!='])} null`],
    [1, () => (draw.percent(50) ? path : `!${path}`)],
    [isScalar ? 4 : 0, () => `${path} ${draw.pick(['===', '!=='])} ${anyOf(draw, inner)}`],
    [inner.kind === 'list' ? 3 : 0, () => `(${path}?.length ?? 0) > ${draw.below(2)}`],
  ])()
}

function aboutList(scope: Scope, path: string, shape: Shape): string {
  const { draw } = scope
  if (shape.kind !== 'list') return path
  const one = (): string => expression(scope, shape.of, 2)
  return draw.weighted([
    [path === 'state.voters' ? 9 : 0, () => `${path}.length ${draw.pick(['<', '>='])} ctx.rules.q`],
    [3, () => `${path}.length ${draw.pick(['>', '===', '>='])} ${draw.between(0, shape.most)}`],
    [3, () => `${path}.includes(${one()})`],
    [2, () => `${path}.some((item, index) => index === ${draw.below(2)})`],
    [2, () => `${path}.some((item, index) => item === ${one()} && index > 0)`],
    [1, () => `${path}.some((item, index, all) => all.indexOf(item) !== index)`],
    [1, () => `${path}.every((item) => item === ${one()})`],
    [3, () => `${path}[${draw.below(2)}] === ${one()}`],
    [shape.most > 1 ? 2 : 0, () => `${path}[0] ${draw.pick(['>', '===', '<'])} ${path}[1]`],
    [2, () => `${path}.at(-1) === ${one()}`],
    [1, () => `${path}.filter((item) => item === ${one()}).length ${draw.pick(['>=', '<'])} ${draw.between(1, 2)}`],
    [1, () => `${path}.findIndex((item) => item === ${one()}) ${draw.pick(['===', '>'])} 0`],
    [1, () => `new Set(${path}).size < ${path}.length`],
    [1, () => `JSON.stringify(${path}) === JSON.stringify(${expression(scope, shape, 2)})`],
  ])()
}

function aboutKeys({ draw }: Scope, path: string, shape: Shape): string {
  const fields =
    shape.kind === 'object' ? shape.fields : shape.kind === 'union' ? shape.of.flatMap((one) => one.fields) : []
  const key = fields.length > 0 ? draw.pick(fields).name : 'a'
  return draw.weighted([
    [3, () => `Object.hasOwn(${path}, '${key}')`],
    [3, () => `'${key}' in ${path}`],
    [2, () => `Object.keys(${path}).length ${draw.pick(['>', '==='])} ${draw.between(1, 2)}`],
    [1, () => `Object.keys(${path})[0] === '${key}'`],
    [1, () => `Object.entries(${path}).some(([key, item], index) => key === '${key}' && index === ${draw.below(2)})`],
    [1, () => `JSON.stringify(${path}).length > ${draw.between(2, 12)}`],
    [1, () => `Object.values(${path}).filter(Boolean).length > ${draw.below(2)}`],
  ])()
}
