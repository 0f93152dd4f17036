/** Whole handlers, and the proofs of what they say. */
import type { Draw } from './draw.ts'
import { condition, literal, type Scope, widened } from './expressions.ts'
import { type Field, type Shape, valuesOf } from './shapes.ts'
import { action, type MessageType, matching, messageText, summary, type Vocabulary } from './statements.ts'

export const TYPES = ['ECHO', 'READY', 'VOTE'] as const

/** How a proof of one type looks, and what a handler has to ask before it says it. */
export interface Provable {
  readonly message: MessageType
  readonly evidence: MessageType
  readonly field: Field | undefined
  readonly way: 'quorum' | 'chosen'
}
/** The guard that most rules begin with, and the statement that makes it true: so that things end. */
function once(draw: Draw, fields: readonly Field[]): { readonly guard: string; readonly close: string } {
  const [first] = fields
  if (first!.shape.kind === 'flag') return { guard: 'state.done', close: 'state.done = true' }
  const phase = draw.below((first!.shape as { most: number }).most)
  return { guard: `state.phase > ${phase}`, close: `state.phase = ${phase + 1}` }
}

export class Writer {
  readonly #draw: Draw
  readonly #words: Vocabulary
  readonly #scope: Scope
  readonly #asks: boolean
  readonly #clients: boolean

  constructor(draw: Draw, words: Vocabulary, scope: Scope, asks: boolean, clients: boolean) {
    this.#draw = draw
    this.#words = words
    this.#scope = scope
    this.#asks = asks
    this.#clients = clients
  }

  #quorum(): string {
    return this.#draw.weighted([
      [6, 'ctx.rules.q'],
      [4, '1'],
      [2, '2'],
      [1, 'ctx.n'],
      [1, '0'],
    ])
  }

  /** Questions, and a scope that knows what was taken. */
  #questions(scope: Scope, isOwn: boolean): { readonly lines: string[]; readonly scope: Scope } {
    const draw = this.#draw
    const target = draw.pick(this.#words.messages)
    const role = this.#clients && draw.percent(25) ? ", 'client'" : ''
    if (draw.percent(isOwn ? 40 : 60))
      return { lines: [`ctx.need(${this.#quorum()}, ${matching(scope, target)}${role})`], scope }
    const made = summary(scope, target)
    const [q, match] = [this.#quorum(), matching(scope, target)]
    // Long values are high, and many are as high as others. Of nothing, nothing is the highest.
    const line =
      q !== '0' && draw.aside(20)
        ? `const took = ((c) => (${made.text}))([ctx.takeHighest(Math.max(1, ${q}), ${match}, (m) => JSON.stringify([m.v]).length${role})])`
        : `const took = ctx.take(${q}, ${match}, (c) => (${made.text})${role})`
    return { lines: [line], scope: widened(scope, { path: 'took', shape: made.shape }) }
  }

  /** The body of a handler. */
  body(places: readonly { path: string; shape: Shape }[], names: readonly string[], asking: number): string[] {
    const draw = this.#draw
    const lines: string[] = []
    let scope: Scope = { ...widened(this.#scope, ...places), names }
    if (names.length > 0 && draw.percent(30)) {
      const taken = names.map((name) => name.slice(4))
      lines.push(`const { ${taken.join(', ')} } = ctx`)
      scope = { ...scope, names: draw.percent(50) ? taken : [...taken, ...names] }
    }
    const { guard, close } = once(draw, this.#words.state)
    const guarded = draw.percent(80)
    if (guarded) lines.push(draw.percent(40) ? `if (${guard} || ${condition(scope)}) return` : `if (${guard}) return`)
    else if (draw.percent(60)) lines.push(`if (${condition(scope)}) return`)
    if (this.#asks && draw.percent(asking)) {
      if (draw.percent(8)) lines.push(action(scope, this.#words))
      const asked = this.#questions(scope, names.length === 0)
      lines.push(...asked.lines)
      scope = asked.scope
      if (draw.percent(10)) {
        const more = this.#questions(scope, false)
        if (!more.lines[0]!.startsWith('const took')) lines.push(...more.lines)
      }
    }
    if (guarded && draw.percent(75)) lines.push(close)
    const many = draw.weighted([
      [3, 1],
      [4, 2],
      [2, 3],
    ])
    for (let i = 0; i < many; i++) lines.push(action(scope, this.#words))
    return lines
  }

  /** A rule that says something with a proof, when it has what the proof asks for. */
  proving({ evidence, message, field, way }: Provable, place: { path: string; shape: Shape }): string[] {
    const draw = this.#draw
    const scope = { ...widened(this.#scope, place), names: [] }
    const { guard, close } = once(draw, this.#words.state)
    const lines = [`if (${guard}) return`]
    if (!field) {
      lines.push(
        `ctx.need(ctx.rules.q, match('${evidence.type}'))`,
        close,
        `ctx.broadcast(${messageText(scope, message)})`,
      )
    } else if (way === 'quorum') {
      const given = { [field.name]: `m.${field.name}` }
      lines.push(`ctx.need(ctx.rules.q, match('${evidence.type}', { ${field.name}: m.${field.name} }))`, close)
      lines.push(`ctx.broadcast(${messageText(scope, message, given)})`)
    } else {
      const made = `c[0]?.${field.name} ?? ${literal(draw, valuesOf(field.shape)[0]!)}`
      lines.push(`const took = ctx.take(ctx.rules.q, match('${evidence.type}'), (c) => ${made})`, close)
      lines.push(`ctx.broadcast(${messageText(scope, message, { [field.name]: 'took' })})`)
    }
    if (draw.percent(50)) lines.push(action(scope, this.#words))
    return lines
  }
}

export function provable(draw: Draw, messages: readonly MessageType[]): Provable | undefined {
  if (messages.length < 2 || !draw.percent(55)) return undefined
  const [evidence, message] = draw.some(messages, 2, 2) as [MessageType, MessageType]
  const shared = message.fields.filter(
    (field) => !field.optional && evidence.fields.some((other) => JSON.stringify(other) === JSON.stringify(field)),
  )
  const field = shared.length > 0 ? draw.pick(shared) : undefined
  const way = field && field.shape.kind !== 'nullable' && draw.percent(40) ? 'chosen' : 'quorum'
  return { message, evidence, field, way }
}

export function proofText(draw: Draw, { evidence, field, way }: Provable): string {
  const head = '(m, { rules }) => '
  const type = evidence.type
  if (!field) return `${head}said(rules.q, match('${type}'))`
  if (way === 'chosen') {
    const made = `c[0]?.${field.name} ?? ${literal(draw, valuesOf(field.shape)[0]!)}`
    return `${head}said(rules.q, match('${type}'), (c) => JSON.stringify(${made}) === JSON.stringify(m.${field.name}))`
  }
  const base = `said(rules.q, match('${type}', { ${field.name}: m.${field.name} }))`
  const other = `said(${draw.between(1, 2)}, match('${draw.pick([type, ...TYPES.slice(0, 2)])}'))`
  return `${head}${draw.weighted([
    [4, base],
    [1, `any([${base}, ${other}])`],
    [1, `all([${base}, any([${base}, ${other}])])`],
    [1, `all([${base}])`],
  ])}`
}
