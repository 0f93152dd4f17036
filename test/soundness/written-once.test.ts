/** A variable that is written once, and only read later, is noticed where the file is run again. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { runsAnew } from '../../src/cli/subjects/run-anew.ts'
import { comesFrom, Protocol, program } from '../../src/model/index.ts'
import { registry } from '../../src/protocols/index.ts'
import { configure } from '../../src/system/index.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'

const model = JSON.stringify(resolve(import.meta.dirname, '../../src/model/index.ts'))

interface Parts {
  readonly before?: string
  /** What a replica decides on its input v. */
  readonly decides?: string
  /** What the claim says. */
  readonly says?: string
  /** What takes the place of what comes before it. */
  readonly more?: string
  readonly end?: string
}

const written = ({ before = '', decides = 'v', says = 'undefined', more = '', end = '' }: Parts): string => `
import { defineProtocol, invariant, match, said, sometimes } from ${model}
${before}
export const protocol = defineProtocol<any>({
  name: 'once', about: 'Writes something down.', rules: () => ({}), auth: 'channels',
  defaults: () => ({ f: 0, b: 1, values: ['a', 'b'], inputs: { 0: ['a', 'b'], 2: ['a', 'b'] }, bounds: {} }),
  init: () => ({ done: false }),
  input(state, v, ctx) {
    if (state.done) return
    state.done = true
    ctx.output({ decided: ${decides} })
  },
  upon: { A() {} },
  ${more}
} as any)
export const claims = [
  invariant<any>({ name: 'never-c', about: 'x' }, ({ outputs, setting }) => ${says}),
  sometimes<any>({ name: 'some', about: 'x' }, ({ outputs }) => outputs.length > 0),
]
${end}`

async function checked(parts: Parts, more: Readonly<Record<string, string>> = {}, file = 'once.ts') {
  const folder = emptyFolder()
  const files = { [file]: written(parts), ...more }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const { code, stdout, stderr } = await turncoat(folder, ['check', `./${file}`, '--n', '3'])
  return { code, text: stdout + stderr }
}

const KNOWN = 'const known: Record<number, string> = {}'
const MODULE = { 'package.json': '{ "type": "module" }' }
const INPUT = /once, input: in one state, on the same event, it did outputs .* once its file is run anew/s

describe('refused', () => {
  test('what the first input of a replica was', async () => {
    const { code, text } = await checked({ before: KNOWN, decides: '(known[ctx.self] ??= v)' })
    expect([code, text]).toEqual([2, expect.stringMatching(INPUT)])
  })

  test('kept in a global variable', async () => {
    const before = 'const known: Record<number, string> = ((globalThis as any).keptHere ??= {})'
    const { code, text } = await checked({ before, decides: '(known[ctx.self] ??= v)' })
    expect([code, text]).toEqual([2, expect.stringMatching(INPUT)])
  })

  test('kept by a file that it imports', async () => {
    const memo = 'const known: any = {}; export const first = (key: number, v: string) => (known[key] ??= v)'
    const before = "import { first } from './parts/memo.ts'"
    const { code, text } = await checked({ before, decides: 'first(ctx.self, v)' }, { 'parts/memo.ts': memo })
    expect([code, text]).toEqual([2, expect.stringMatching(INPUT)])
  })

  test('in an ES module', async () => {
    const { code, text } = await checked({ before: KNOWN, decides: '(known[ctx.self] ??= v)' }, MODULE)
    expect([code, text]).toEqual([2, expect.stringMatching(INPUT)])
  })

  test('a proof that remembers the first value', async () => {
    const more = `auth: 'signatures',
      proofs: { A: (message: any) => said((first ??= message.v) === 'a' ? 1 : 2, match<any>('B')) },
      input(state, v, ctx) { if (!state.done) { state.done = true; ctx.broadcast({ type: 'A', v }); ctx.output({ decided: v }) } },
      upon: { A(state, _, ctx) { if (!state.done) { state.done = true; ctx.output({ decided: 'a' }) } }, B() {} },`
    const { code, text } = await checked({ before: 'let first: string | undefined', more })
    expect([code, text]).toEqual([2, expect.stringContaining('the proof of A')])
  })

  test('a claim that remembers who was Byzantine in the setting before', async () => {
    const says =
      "(byzantine ??= setting.byzantine[0]) !== 0 && outputs.some((one: any) => one.output.decided === 'b') ? 'b' : undefined"
    const { code, text } = await checked({ before: 'let byzantine: number | undefined', says })
    expect([code, text]).toEqual([2, expect.stringContaining('the claim never-c, asked about the same twice')])
  })
})

describe('not refused', () => {
  test('a constant, a memory of a pure function, an exception, a file beside it', async () => {
    const before = `import { readFileSync } from 'node:fs'
${KNOWN}
const text = readFileSync(new URL('./word.txt', import.meta.url), 'utf8')
const twice = (v: string) => (known[v as never] ??= v + text + v)`
    const { code, text } = await checked(
      { before, decides: "ctx.self === 2 && v === 'b' ? (undefined as any).x : twice(v)" },
      { 'word.txt': 'and' },
    )
    expect([code, text]).toEqual([1, expect.stringContaining('violated no-exception')])
    expect(text).toContain('holds never-c')
  })

  test('a file that waits while it is loaded cannot be run again', async () => {
    const { code, text } = await checked({ end: 'await null' }, MODULE)
    expect([code, text]).toEqual([0, expect.stringContaining('holds never-c')])
  })
})

test.each(registry.map(({ protocol }) => protocol.definition.name))('%s keeps nothing', async (name) => {
  const { protocol, properties } = registry.find((one) => one.protocol.definition.name === name)!
  const run = await runsAnew(
    resolve(import.meta.dirname, `../../src/protocols/${name}.ts`),
    new Set(Object.keys(globalThis)),
  )
  expect(run).toBeDefined()
  let times = 0
  comesFrom(protocol, () => {
    times++
    const found = (Object.values(run!()) as Partial<Protocol>[]).find(
      ({ definition, variantName }) => definition?.name === name && variantName === undefined,
    )
    return { protocol: new Protocol(found!.definition as never), claims: [] }
  })
  const [setting] = configure(protocol, { n: 4 })
  let told = 0
  const onProgress = () => ++told > 20
  const claims = properties.claims.filter(({ kind }) => kind === 'sometimes')
  check({ program: program(protocol, setting!), claims, maxStates: 500, maxUniverse: 100, onProgress })
  expect(times).toBeGreaterThan(1)
})
