/** Claims, as source text: about outputs, their order and number, notes, and what was said. */
import type { Draw } from './draw.ts'
import { condition, literal, type Scope, widened } from './expressions.ts'
import { type Field, object, type Shape, valuesOf } from './shapes.ts'
import type { MessageType } from './statements.ts'

interface About {
  readonly messages: readonly MessageType[]
  readonly output: Shape & { kind: 'object' }
  readonly note: Shape & { kind: 'object' }
}

const scopeOf = (draw: Draw, path: string, shape: Shape): Scope =>
  widened({ draw, places: [], names: [], n: 3 }, { path, shape })

/** Asks something of an output. */
const asks = (draw: Draw, { output }: About, path = 'one.output'): string =>
  `(${condition(scopeOf(draw, path, output), 1)})`

const equals = (draw: Draw, path: string, { name, shape }: Field): string =>
  `JSON.stringify(${path}.${name}) === ${literal(draw, JSON.stringify(draw.pick(valuesOf(shape))))}`

const differs = (a: string, b: string): string => `JSON.stringify(${a}) !== JSON.stringify(${b})`

function named(name: string, more: string, body: string, kind = 'invariant'): string {
  return `${kind}({ name: '${name}', about: 'x'${more} }, (o) => ${body})`
}

/** A claim may say how many outputs decide it, where that is so. */
const decidedBy = (draw: Draw, count: 1 | 2): string => (draw.aside(70) ? `, decidedBy: ${count}` : '')

const broken = (condition: string): string => `(${condition} ? 'broken' : undefined)`

/** More than two equal outputs count only where a claim says so. */
function counting(draw: Draw, name: string, count: string): string {
  const most = draw.between(0, 3)
  return named(name, most > 1 ? `, counts: ${most + 1}` : '', broken(`${count} > ${most}`))
}

/** Outputs alone: what is read is `one.output`. */
function aboutOutputs(draw: Draw, about: About, name: string): string {
  const { output } = about
  const got = output.fields[0]!
  const isSlotted = output.fields.length > 1
  const pair = (condition: string): string =>
    broken(`o.outputs.some((one, i) => o.outputs.some((two, j) => ${condition}))`)
  return draw.weighted([
    [3, () => named(name, decidedBy(draw, 1), broken(`o.outputs.some((one) => ${asks(draw, about)})`))],
    [2, () => named(name, decidedBy(draw, 1), broken(`o.outputs.some((one) => ${equals(draw, 'one.output', got)})`))],
    [
      3,
      () => {
        const slot = isSlotted ? ' && one.output.slot === two.output.slot' : ''
        const more = isSlotted && draw.percent(60) ? ', slot: (output) => output.slot' : ''
        const decided = decidedBy(draw, 2)
        return named(
          name,
          more + decided,
          pair(`one.at !== two.at && ${differs('one.output.got', 'two.output.got')}${slot}`),
        )
      },
    ],
    [2, () => named(name, decidedBy(draw, 2), pair('one.at === two.at && i < j'))],
    [
      2,
      () =>
        named(name, decidedBy(draw, 2), pair(`one.at === two.at && i < j && ${differs('one.output', 'two.output')}`)),
    ],
    [
      2,
      () =>
        named(
          name,
          decidedBy(draw, 2),
          pair(
            `one.at === two.at && i < j && ${asks(draw, about, 'one.output')} && ${asks(draw, about, 'two.output')}`,
          ),
        ),
    ],
    [2, () => counting(draw, name, `o.outputs.filter((one) => ${asks(draw, about)}).length`)],
    [1, () => counting(draw, name, 'o.outputs.length')],
    [
      1,
      () =>
        named(
          name,
          decidedBy(draw, 1),
          broken(`o.outputs.some((one) => one.at === o.correct[0] && ${asks(draw, about)})`),
        ),
    ],
  ])()
}

function aboutNotes(draw: Draw, about: About, name: string): string {
  const saw = about.note.fields[0]!
  const isNote = (path: string): string => `'note' in ${path}.output && ${equals(draw, `${path}.output.note`, saw)}`
  const more = ", reads: ['notes']"
  return draw.weighted([
    [2, () => named(name, more + decidedBy(draw, 1), broken(`o.outputs.some((one) => ${isNote('one')})`))],
    [
      1,
      () =>
        named(
          name,
          more + decidedBy(draw, 2),
          broken(
            `o.outputs.some((one) => ${isNote('one')} && o.outputs.some((two) => one.at === two.at && 'got' in two.output))`,
          ),
        ),
    ],
    [
      1,
      () =>
        named(
          name,
          `${more}, notes: ['saw']${decidedBy(draw, 2)}`,
          broken(
            "o.outputs.some((one, i) => 'note' in one.output && o.outputs.some((two, j) => i < j && 'note' in two.output))",
          ),
        ),
    ],
  ])()
}

function aboutSoup(draw: Draw, about: About, name: string): string {
  const message = draw.pick(about.messages)
  const { type, fields } = message
  const inner = (path: string): string =>
    fields.length > 0 ? ` && (${condition(scopeOf(draw, path, object(...fields)), 1)})` : ''
  const isType = (path: string): string => `${path}.message.type === '${type}'`
  const words = draw.percent(50) ? `, words: ['${type}']` : ''
  const more = `, reads: ['soup']${words}`
  const field = fields.length > 0 ? draw.pick(fields).name : 'type'
  return draw.weighted([
    [2, () => named(name, more, broken(`o.soup.some((one) => ${isType('one')}${inner('one.message')})`))],
    [
      2,
      () =>
        named(
          name,
          more,
          broken(
            `o.soup.some((one) => o.soup.some((two) => one.from ${draw.pick(['===', '!=='])} two.from && ${isType('one')} && ${isType('two')} && ${differs(`one.message.${field}`, `two.message.${field}`)}))`,
          ),
        ),
    ],
    [
      2,
      () =>
        named(
          name,
          more + decidedBy(draw, 1),
          broken(
            `o.fresh.some((one) => ${asks(draw, about)} && !o.soup.some((two) => ${isType('two')}${inner('two.message')}))`,
          ),
        ),
    ],
    [
      1,
      () =>
        named(
          name,
          more,
          broken(
            `o.outputs.some((one) => ${asks(draw, about)}) && o.soup.some((two) => ${isType('two')}${inner('two.message')})`,
          ),
        ),
    ],
    [
      1,
      () =>
        named(
          name,
          more,
          broken(
            `new Set(o.soup.filter((one) => ${isType('one')}).map((one) => one.from)).size > ${draw.between(0, 2)}`,
          ),
        ),
    ],
  ])()
}

/** Between two and four invariants with different names, and a guard. */
export function claimsFor(draw: Draw, about: About): string[] {
  const count = draw.between(2, 4)
  const claims = Array.from({ length: count }, (_, i) => {
    const make = draw.weighted([
      [8, aboutOutputs],
      [1, aboutNotes],
      [2, aboutSoup],
    ])
    return make(draw, about, `claim-${i}`)
  })
  const reached = draw.percent(75) ? 'o.outputs.length > 0' : `o.outputs.some((one) => ${asks(draw, about)})`
  return [...claims, named('guard', decidedBy(draw, 1), reached, 'sometimes')]
}
