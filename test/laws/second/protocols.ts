/** Random small protocols with what people use, made from the documentation alone. */
import type { Case, Circumstances, Role, Rule } from './case.ts'
import { claimsFor } from './claim-texts.ts'
import { Draw } from './draw.ts'
import { expression, literal, type Scope, widened } from './expressions.ts'
import { type Provable, proofText, provable, TYPES, Writer } from './handlers.ts'
import { type Field, flag, list, nullable, number, object, shapeFor, text, valuesOf } from './shapes.ts'
import { type MessageType, messageShape, say, type Vocabulary } from './statements.ts'

const NAMES = ['first', 'second']

/** A seed of its own. */
const RESTARTING = 1_000_000_007

function messageTypes(draw: Draw, values: readonly string[], most: number): MessageType[] {
  const count = draw.weighted([
    [2, 1],
    [5, 2],
    [2, 3],
  ])
  let left = draw.between(5, most)
  return TYPES.slice(0, count).map((type) => {
    const fields: Field[] = []
    let size = 1
    for (const name of ['v', 'w'].slice(
      0,
      draw.weighted([
        [1, 0],
        [5, 1],
        [2, 2],
      ]),
    )) {
      const optional = draw.percent(20)
      const most = Math.floor((left - count) / size) - (optional ? 1 : 0)
      if (most < 2) break
      const shape = shapeFor(draw, values, Math.min(most, 7))
      fields.push({ name, shape, ...(optional ? { optional } : {}) })
      size *= valuesOf(shape).length + (optional ? 1 : 0)
    }
    left -= size
    return { type, fields }
  })
}

const stateFields = (
  draw: Draw,
  values: readonly string[],
  mode: 'votes' | 'inbox',
  participants: number,
  messages: readonly MessageType[],
): Field[] => {
  // What is kept here may be said there.
  const said = messages
    .flatMap(({ fields }) => fields)
    .find(({ shape, optional }) => shape.kind === 'list' && !optional)

  const ready: [number, Field][] = [
    [2, { name: 'got', shape: nullable(text(...values)) }],
    [2, { name: 'lock', shape: text(...values), optional: true }],
    [3, { name: 'log', shape: list(text(...values), 2) }],
    [2, { name: 'count', shape: number(2) }],
    [said ? 5 : 0, { name: 'kept', shape: said?.shape ?? flag }],
    [
      2,
      {
        name: 'tally',
        shape: object(...values.map((name) => ({ name, shape: number(2), optional: draw.percent(60) }))),
      },
    ],
    [
      1,
      { name: 'cert', shape: nullable(object({ name: 'p', shape: text(...values) }, { name: 'k', shape: number(1) })) },
    ],
    [1, { name: 'cert', shape: nullable(list(text(...values), 1)) }],
    [1, { name: 'free', shape: shapeFor(draw, values, 6) }],
    [mode === 'votes' ? 6 : 1, { name: 'voters', shape: list(number(participants - 1), Math.min(participants, 3)) }],
  ]
  const fields: Field[] = [
    draw.percent(60) ? { name: 'done', shape: flag } : { name: 'phase', shape: number(draw.between(1, 2)) },
  ]
  for (const count = draw.between(1, 2); fields.length <= count; ) {
    const next = draw.weighted(ready)
    if (!fields.some(({ name }) => name === next.name)) fields.push(next)
  }
  return fields
}

function initial(draw: Draw, { shape, optional, name }: Field): Field & { init?: string } {
  const field = { name, shape, ...(optional ? { optional } : {}) }
  if (optional && draw.percent(80)) return field
  if (shape.kind === 'flag') return { ...field, init: 'false' }
  if (shape.kind === 'number') return { ...field, init: '0' }
  if (shape.kind === 'list') return { ...field, init: '[]' }
  if (shape.kind === 'nullable' && draw.percent(75)) return { ...field, init: 'null' }
  if (shape.kind === 'object' && shape.fields.every((one) => one.optional)) return { ...field, init: '{}' }
  return { ...field, init: literal(draw, valuesOf(shape)[0]!) }
}

function settingFor(draw: Draw, values: readonly string[], inbox: boolean): Circumstances {
  const duplicate = draw.percent(inbox ? 92 : 50)
  const fifo = draw.percent(10)
  const isEager = draw.percent(fifo ? 50 : 14)
  // Where an arrival is a step, there is a state for every set of those that have arrived.
  const isByArrival = !duplicate || fifo || isEager
  const n = draw.weighted([
    [1, 1],
    [isByArrival ? 8 : 5, 2],
    [isByArrival ? 3 : 6, 3],
    [isByArrival ? 0 : 2, 4],
  ])
  const clients = draw.weighted([
    [8, 0],
    [2, 1],
  ])
  const ids = Array.from({ length: n }, (_, id) => id)
  const b = Math.min(
    n - (clients > 0 ? 0 : 1),
    draw.weighted([
      [4, 0],
      [5, 1],
      [1, 2],
    ]),
  )
  const byzantine = draw.some(ids, b, b).sort()
  if (clients > 0 && draw.percent(15)) byzantine.push(n)
  const crash = draw.percent(12)
    ? draw.some(
        ids.filter((id) => !byzantine.includes(id)),
        1,
        1,
      )
    : []
  const inputs: Record<number, string[]> = {}
  for (const id of [...ids, ...(clients > 0 ? [n] : [])]) {
    if (draw.percent(id === 0 || id === n ? 92 : 45)) inputs[id] = draw.some(values, 1, 2).sort()
  }
  return {
    ...{ n, f: draw.below(2), byzantine, crash, clients, inputs, bounds: {} },
    auth: draw.pick(['signatures', 'channels', 'none']),
    network: { duplicate, lose: draw.percent(8), fifo, gossip: draw.percent(8) },
    steps: isEager ? 'eager' : 'lazy',
  }
}

/** The protocol of a seed. */
export function caseOf(seed: number): Case {
  // What was added later is drawn apart, so that the rest of a protocol stays as it was.
  return restarting(new Draw(seed + RESTARTING), protocolOf(seed))
}

/** Somebody may restart, and keeps some of what it begins with. */
function restarting(draw: Draw, one: Case): Case {
  const { n, byzantine, crash, bounds } = one.setting
  const ids = Array.from({ length: n }, (_, id) => id).filter((id) => !byzantine.includes(id))
  if (ids.length === 0 || crash.length > 0 || !draw.percent(12)) return one
  const names = one.replica.state.filter(({ init }) => init !== undefined).map(({ name }) => name)
  const restart = draw.some(ids, 1, Math.min(ids.length, draw.between(1, 2))).sort()
  return {
    ...one,
    durable: draw.some(names, 0, names.length).sort(),
    setting: { ...one.setting, restart, bounds: { ...bounds, restarts: draw.between(1, 2) } },
  }
}

function protocolOf(seed: number): Case {
  const draw = new Draw(seed)
  const values = draw.percent(85) ? ['a', 'b'] : ['a']
  const inbox = draw.percent(70)
  const setting = settingFor(draw, values, inbox)
  // Where an arrival is a step, there is a state for every set of those that have arrived.
  const { network, steps } = setting
  const isByArrival = !network.duplicate || network.fifo || steps === 'eager'
  const messages = messageTypes(draw, values, isByArrival ? 6 : 14)
  const proved = inbox ? provable(draw, messages) : undefined
  const addressed = draw.percent(20)
    ? draw.some(
        messages.map(({ type }) => type).filter((type) => type !== proved?.evidence.type),
        1,
        1,
      )
    : []
  const free = messages.filter((one) => one !== proved?.message)
  const output = object(
    { name: 'got', shape: draw.percent(25) ? list(text(...values), 2) : shapeFor(draw, values, 4) },
    ...(draw.percent(25) ? [{ name: 'slot', shape: number(1) }] : []),
  )
  const note = object({ name: 'saw', shape: shapeFor(draw, values, 3) })
  const selfDelivery = draw.weighted([
    [5, 'inbox'],
    [inbox || setting.clients > 0 ? 0 : 2, 'at-once'],
    [2, 'network'],
    [2, 'none'],
  ] as const)
  const common = { messages, output, note, free, addressed, participants: setting.n + setting.clients }
  const part = (isClient: boolean): Role => {
    const fields = stateFields(draw, values, inbox ? 'inbox' : 'votes', common.participants, messages)
    const words: Vocabulary = { ...common, state: fields, hasTimer: draw.percent(22), hasCoin: draw.percent(12) }
    const scope: Scope = {
      ...widened({ draw, places: [], names: [], n: setting.n }, { path: 'state', shape: object(...fields) }),
    }
    const made = role(
      draw,
      values,
      new Writer(draw, words, scope, inbox, setting.clients > 0),
      words,
      scope,
      isClient ? undefined : proved,
    )
    // Nothing says whether handlers run at once on what is said before there is a state.
    return selfDelivery === 'at-once'
      ? { ...made, init: made.init.filter((line) => !line.includes('broadcast')) }
      : made
  }
  const replica = part(false)
  const bounded = replica.state.find(({ shape, optional }) => shape.kind === 'number' && !optional)
  const within = bounded && draw.percent(25) ? `(state, bounds) => state.${bounded.name} <= bounds.most` : undefined
  return {
    ...{ seed, declares: draw.percent(60), values, messages, replica, addressed, selfDelivery, inbox },
    rules: `{ q: ${draw.pick(['setting.n - setting.f', '2', '1', '1', 'Math.ceil((setting.n + setting.f + 1) / 2)', 'setting.f + 1'])} }`,
    ...(setting.clients > 0 ? { client: part(true) } : {}),
    proofs: proved ? { [proved.message.type]: proofText(draw, proved) } : {},
    ...(within ? { within } : {}),
    claims: claimsFor(draw, { messages, output, note }),
    setting: within ? { ...setting, bounds: { most: draw.between(0, 1) } } : setting,
  }
}

function role(
  draw: Draw,
  values: readonly string[],
  writer: Writer,
  words: Vocabulary,
  scope: Scope,
  proved: Provable | undefined,
): Role {
  const own = ['ctx.self']
  const init: string[] = []
  if (words.hasTimer && draw.percent(80)) init.push("ctx.setTimer('t')")
  if (words.hasCoin && draw.percent(60)) init.push("ctx.flip('c')")
  if (words.free.length > 0 && draw.percent(20))
    init.push(say({ ...scope, places: [], names: [] }, { ...words, state: [] }))
  const value = { path: 'value', shape: text(...values) }
  const upon = words.messages.map((message) => {
    const place = { path: 'm', shape: messageShape(message) }
    const rules: Rule[] = []
    const count = draw.weighted([
      [7, 1],
      [3, 2],
    ])
    for (let i = 0; i < count; i++) {
      rules.push({ name: NAMES[i]!, lines: writer.body([place], draw.percent(35) ? ['ctx.self', 'ctx.from'] : [], 60) })
    }
    if (proved?.evidence === message) rules[0] = { name: NAMES[0]!, lines: writer.proving(proved, place) }
    return { type: message.type, rules }
  })
  const input = writer.body([value], draw.percent(20) ? own : [], 8)
  // In most protocols something gets going, and comes to something.
  if (words.free.length > 0 && draw.percent(75)) input.push(say(widened({ ...scope, names: [] }, value), words))
  const puts = (lines: readonly string[]): boolean => lines.some((line) => line.includes('ctx.output'))
  const all = upon.flatMap(({ rules }, i) => rules.map((_, j) => [i, j] as const))
  if (all.length > 0 && !upon.some(({ rules }) => rules.some(({ lines }) => puts(lines))) && draw.percent(90)) {
    const [i, j] = draw.pick(all)
    const place = { path: 'm', shape: messageShape(words.messages[i]!) }
    const { name, lines } = upon[i]!.rules[j]!
    const put = `ctx.output(${expression({ ...widened(scope, place), names: [] }, words.output)})`
    upon[i]!.rules[j] = { name, lines: [...lines, put] }
  }
  return {
    state: words.state.map((field) => initial(draw, field)),
    init,
    input,
    upon,
    ...(words.hasTimer ? { timeout: writer.body([], draw.percent(20) ? own : [], 55) } : {}),
    ...(words.hasCoin ? { coin: writer.body([{ path: 'value', shape: number(1) }], [], 15) } : {}),
  }
}
