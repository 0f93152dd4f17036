/** Statements of handlers, made at random: how people change a state, say something, and ask. */
import { bare, condition, expression, literal, type Scope, widened } from './expressions.ts'
import { type Field, flag, list, maybe, number, object, type Place, type Shape, valuesOf } from './shapes.ts'

/** A whole message: no part of one has this shape. */
export const messageShape = ({ type, fields }: MessageType): Shape & { kind: 'object' } =>
  object({ name: 'type', shape: { kind: 'text', of: [type] } }, ...fields)

export interface MessageType {
  readonly type: string
  readonly fields: readonly Field[]
}

/** What the whole protocol has, as far as a statement may use it. */
export interface Vocabulary {
  readonly messages: readonly MessageType[]
  /** Fields that can be assigned, of the state of whoever runs the code. */
  readonly state: readonly Field[]
  readonly output: Shape & { kind: 'object' }
  readonly note: Shape & { kind: 'object' }
  readonly participants: number
  readonly hasTimer: boolean
  readonly hasCoin: boolean
  /** Types that may be said without a proof. */
  readonly free: readonly MessageType[]
  /** Types that are meant for their receiver alone. */
  readonly addressed: readonly string[]
}

const fieldsOf = (scope: Scope, fields: readonly Field[]): string[] =>
  fields
    .filter(({ optional }) => !optional || scope.draw.percent(60))
    .map(({ name, shape }) => `${name}: ${expression(scope, shape)}`)

/** A message as an object literal. Fields named in `given` are written as they are. */
export function messageText(scope: Scope, { type, fields }: MessageType, given: Record<string, string> = {}): string {
  const left = fields.filter(({ name }) => !(name in given))
  const parts = [...Object.entries(given).map(([name, value]) => `${name}: ${value}`), ...fieldsOf(scope, left)]
  return `{ ${[`type: '${type}'`, ...parts].join(', ')} }`
}

export function say(scope: Scope, words: Vocabulary): string {
  const { draw } = scope
  const message = draw.pick(words.free)
  const listed = message.fields.find(({ shape, optional }) => !optional && shape.kind === 'list')
  const mine = words.state.find(
    ({ shape, optional }) => !optional && listed && JSON.stringify(shape) === JSON.stringify(listed.shape),
  )
  // What is said is a part of the state, which changes afterwards.
  if (listed && mine && draw.percent(75)) {
    const text = messageText(scope, message, { [listed.name]: `state.${mine.name}` })
    return `{ ctx.broadcast(${text}); ${push(scope, `state.${mine.name}`, mine.shape)} }`
  }
  const text = messageText(scope, message)
  if (draw.percent(words.addressed.includes(message.type) ? 20 : 85)) return `ctx.broadcast(${text})`
  if (draw.percent(50) && scope.names.includes('ctx.from'))
    return `if (ctx.from !== ctx.self) ctx.send(ctx.from, ${text})`
  const to = draw.below(words.participants)
  return `if (ctx.self !== ${to}) ctx.send(${to}, ${text})`
}

function push(scope: Scope, path: string, shape: Shape): string {
  if (shape.kind !== 'list') return ''
  const { draw } = scope
  const from = scope.names.find((name) => name.endsWith('from'))
  const one = from && path.endsWith('voters') ? from : expression(scope, shape.of, 1)
  return draw.weighted([
    [3, `if (${path}.length < ${shape.most}) ${path}.push(${one})`],
    [2, `if (!${path}.includes(${one}) && ${path}.length < ${shape.most}) { ${path}.push(${one}); ${path}.sort() }`],
    [1, `if (${path}.length < ${shape.most}) ${path}.unshift(${one})`],
    [1, `if (${path}.length > 0) ${path}.pop()`],
    [1, `${path} = [...${path}, ${one}].slice(-${shape.most})`],
  ])
}

function keyed(scope: Scope, path: string, fields: readonly Field[]): string {
  const { draw } = scope
  const field = draw.pick(fields)
  const keys = scope.places.filter(
    ({ shape }) => shape.kind === 'text' && shape.of.every((key) => fields.some(({ name }) => name === key)),
  )
  const most = field.shape.kind === 'number' ? field.shape.most : 1
  if (keys.length > 0 && fields.every(({ shape }) => shape.kind === 'number') && draw.percent(60)) {
    const at = `${path}[${draw.pick(keys).path}]`
    return draw.percent(50) ? `${at} = 1` : `${at} = Math.min(${most}, (${at} ?? 0) + 1)`
  }
  if (field.optional && draw.percent(25)) return `delete ${path}.${field.name}`
  return `${path}.${field.name} = ${expression(scope, field.shape, 1)}`
}

/** Changes one field of the state. */
export function change(scope: Scope, { state }: Vocabulary): string {
  const { draw } = scope
  const { name, shape, optional } = draw.pick(state)
  const path = `state.${name}`
  const assign = `${path} = ${expression(scope, shape)}`
  if (optional) {
    const first = `if (!Object.hasOwn(state, '${name}')) ${assign}`
    return draw.weighted([
      [2, assign],
      [2, first],
      [1, `${path} ??= ${expression(scope, shape)}`],
      [1, `delete ${path}`],
    ])
  }
  switch (shape.kind) {
    case 'number':
      return draw.percent(60) ? `if (${path} < ${shape.most}) ${path}++` : assign
    case 'flag':
      return draw.percent(60) ? `${path} = true` : assign
    case 'nullable':
      return draw.weighted([
        [2, assign],
        [2, `if (${path} === null) ${assign}`],
        [1, `${path} ??= ${expression(scope, shape.of)}`],
      ])
    case 'list':
      return draw.percent(80) ? push(scope, path, shape) : assign
    case 'object':
      return draw.percent(75) ? keyed(scope, path, shape.fields) : assign
    default:
      return assign
  }
}

/** What counts: a match for `need` and `take`. Field values never are `undefined`. */
export function matching(scope: Scope, message: MessageType, isPure = false): string {
  const { draw } = scope
  const { type, fields } = message
  const fixed = draw.some(
    fields.filter(({ optional }) => !optional),
    0,
    2,
  )
  const given = fixed.map(({ name, shape }) => `${name}: ${expression(scope, shape, 1)}`).join(', ')
  const declared = `match('${type}'${given ? `, { ${given} }` : ''})`
  if (isPure || draw.percent(65)) return declared
  if (draw.percent(15))
    return `match('${type}', { ${given} }, ${draw.pick([...scope.names, String(draw.below(scope.n))])})`
  const inner = widened(scope, { path: 'x', shape: messageShape(message) })
  const asked = fields.length > 0 ? ` && Boolean(${condition({ ...inner, names: [] }, 1)})` : ''
  // `self` and `from` are read before the question.
  const names = scope.names.filter((name) => !name.startsWith('ctx.'))
  const named = names.length > 0 && draw.percent(50) ? ` && sender !== ${draw.pick(names)}` : ''
  return `(x, sender) => x.type === '${type}'${asked}${named}`
}

/** What `take` makes of the messages chosen: source text, and the shape of it. */
export function summary(scope: Scope, message: MessageType): { readonly text: string; readonly shape: Shape } {
  const { fields } = message
  const { draw } = scope
  const flat = fields.filter(({ shape, optional }) => !optional && (shape.kind === 'text' || shape.kind === 'number'))
  const field = flat.length > 0 ? draw.pick(flat) : undefined
  const firstOf = (path: string): Scope => ({
    ...widened({ ...scope, places: [] }, { path, shape: maybe(messageShape(message)) }),
    names: [],
  })
  const ways: [number, () => { text: string; shape: Shape }][] = [
    [1, () => ({ text: 'Math.min(2, c.length)', shape: number(2) })],
    [1, () => ({ text: 'null', shape: { kind: 'nullable', of: flag } })],
  ]
  const any = fields.length > 0 ? draw.pick(fields) : undefined
  if (any) {
    const shape = bare(any.shape)
    ways.push([2, () => ({ text: expression(firstOf(draw.percent(60) ? 'c[0]' : 'c.at(-1)'), shape), shape })])
    ways.push([
      1,
      () => ({
        text: `{ p: ${expression(firstOf('c[0]'), shape)}, k: Math.min(1, c.length) }`,
        shape: object({ name: 'p', shape }, { name: 'k', shape: number(1) }),
      }),
    ])
    ways.push([
      1,
      () => ({
        text: `c.every((x) => JSON.stringify(x.${any.name}) === JSON.stringify(c[0].${any.name}))`,
        shape: flag,
      }),
    ])
  }
  if (field) {
    const { name, shape } = field
    const one = literal(draw, draw.pick(valuesOf(shape)))
    ways.push([2, () => ({ text: `[...new Set(c.map((x) => x.${name}))].sort().slice(0, 2)`, shape: list(shape, 2) })])
    ways.push([2, () => ({ text: `c.map((x) => x.${name}).slice(0, 2)`, shape: list(shape, 2) })])
    ways.push([2, () => ({ text: `c.map((x) => x.${name}).sort()${draw.pick(['[0]', '.at(-1)'])} ?? ${one}`, shape })])
    ways.push([2, () => ({ text: `Math.min(2, c.filter((x) => x.${name} === ${one}).length)`, shape: number(2) })])
    ways.push([1, () => ({ text: `c.some((x, index) => x.${name} === ${one} && index > 0)`, shape: flag })])
  }
  return draw.weighted(ways)()
}

/** One thing that a handler does. */
export function action(scope: Scope, words: Vocabulary, depth = 0): string {
  const { draw } = scope
  const put = (path: string, shape: Shape): string => `ctx.${path}(${expression(scope, shape)})`
  if (depth === 0 && draw.percent(20)) return `if (${condition(scope)}) { ${action(scope, words, 1)} }`
  return draw.weighted([
    [5, () => change(scope, words)],
    [words.free.length > 0 ? 3 : 0, () => say(scope, words)],
    [4, () => put('output', words.output)],
    [1, () => put('note', words.note)],
    [words.hasTimer ? 1 : 0, () => (draw.percent(75) ? "ctx.setTimer('t')" : "ctx.cancelTimer('t')")],
    [words.hasCoin ? 1 : 0, () => "ctx.flip('c')"],
  ])()
}

export type { Place }
