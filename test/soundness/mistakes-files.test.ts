import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'

const MODEL = join(import.meta.dirname, '../../src/model/index.ts')

/** A protocol in which nothing goes wrong. */
const sound = (bounds = '{}', more = '') => `import { defineProtocol, invariant } from ${JSON.stringify(MODEL)}
const echo = defineProtocol({
  name: 'echo', about: 'Says it.', rules: () => ({}), init: () => ({ said: false }),
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'] }, bounds: ${bounds} }),
  input(state: any, value: string, ctx: any) {
    if (state.said) return
    state.said = true
    ctx.broadcast({ type: 'SAY', value })
  },
  upon: { SAY() {} },
} as any)
const never = [invariant({ name: 'never', about: 'Nothing.' }, () => undefined)]
${more || 'export { echo as protocol, never as claims }'}
`

async function asked(name: string, text: string, argv: readonly string[] = ['fuzz', `./${name}`, '--runs', '3']) {
  const folder = emptyFolder()
  writeFileSync(join(folder, name), text)
  return turncoat(folder, argv)
}

test.each<[what: string, name: string, text: string, says: RegExp]>([
  ['with a syntax error', 'bad.ts', 'export const a = 1\nexport const protocol = {{{\n', /bad\.ts:2:25: Expected/],
  ['with a question mark', 'what?.ts', sound(), /what\?\.ts has a question mark in its path; give it another name/],
  ['that is empty', 'empty.ts', '', /empty\.ts exports no `protocol`; export const protocol/],
  ['that calls it otherwise', 'named.ts', sound('{}', 'export { echo, never as claims }'), /by that name: echo/],
  [
    'that has it by default',
    'default.ts',
    sound('{}', 'export { never as claims }\nexport default echo\nexport const v = echo.variant("v", () => ({}))'),
    /exports no `protocol`; what it exports by default has no name: export const protocol =/,
  ],
  ['with a bound that is a flag', 'json.ts', sound('{ json: 2 }'), /a bound called json would be the flag --json/],
  ['with a bound called n', 'n.ts', sound('{ n: 2 }'), /a bound called n would be the flag --n,/],
  ['with a bound called runs', 'runs.ts', sound('{ runs: 2 }'), /a bound called runs would be the flag --runs,/],
  ['with a bound that negates', 'no.ts', sound('{ noTime: 2 }'), /a bound called noTime .* flag --no-time,/],
  [
    'with claims that are none',
    'claims.ts',
    sound('{}', "export { echo as protocol }\nexport const claims = [{ kind: 'invariant', name: 'x' }]"),
    /claims\.ts: the claim x/,
  ],
  [
    'with two variants of one name',
    'twice.ts',
    sound(
      '{}',
      'export { echo as protocol, never as claims }\nexport const a = echo.variant("v", () => ({}))\nexport const b = echo.variant("v", () => ({}))',
    ),
    /two variants called v/,
  ],
])('a file %s is refused, with the place', async (_, name, text, says) => {
  const ran = await asked(name, text)
  expect(ran.stderr).toMatch(says)
  expect(ran).toMatchObject({ code: 2, stdout: '' })
})

test('a file of CommonJS works', async () => {
  const text = sound().replace(/import (.*) from (.*)/, 'const $1 = require($2)')
  const exported = 'exports.protocol = echo\nexports.claims = never\n'
  const ran = await asked('works.cts', text.replace(/export \{.*\}/, exported))
  expect(ran.stderr).toBe('')
  expect(ran.code).toBe(0)
})

test('folders, and files of other kinds, are not taken for names', async () => {
  const folder = emptyFolder()
  mkdirSync(join(folder, 'protocols.ts'))
  mkdirSync(join(folder, 'mine'))
  writeFileSync(join(folder, 'mine/notes.txt'), 'x')
  for (const place of ['./mine', 'mine', './protocols.ts', '.']) {
    const ran = await turncoat(folder, ['fuzz', place])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(`${place} is a folder; name the file in it`) })
  }
  const ran = await turncoat(folder, ['check', 'mine/notes.txt'])
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('name a file that ends in .ts or .js') })
})

test.each([
  ['--byzantine c1', ['fuzz', 'bracha', '--byzantine', 'c1'], /c1 is a client.*--byzantine-clients/],
  ['--crash c4', ['check', 'pbft', '--crash', 'c4'], /c4 is a client/],
  ['--byzantine-clients r4', ['fuzz', 'go-pbft', '--byzantine-clients', 'r4'], /r4 is a replica.*--byzantine/],
  ['--inputs c1=a', ['fuzz', 'go-pbft', '--inputs', 'c1=a'], /c1 is no client where n is 4.*count on from c4/],
  ['--inputs r4=a', ['fuzz', 'go-pbft', '--inputs', 'r4=a'], /r4 is no replica where n is 4/],
  ['--inputs r5=a in a sweep', ['sweep', 'bracha', '--n', '4..7', '--inputs', 'r5=a'], /r5 is no replica where n is 4/],
])('%s: an id is held against its role', async (_, argv, says) => {
  const ran = await turncoat(emptyFolder(), argv)
  expect(ran.stderr).toMatch(says)
  expect(ran).toMatchObject({ code: 2, stdout: '' })
})

test('ids with their roles are understood, and said again as they were written', async () => {
  const argv = ['fuzz', 'go-pbft', '--byzantine', 'r3', '--inputs', 'c4=a', '--runs', '2']
  expect((await turncoat(emptyFolder(), argv)).stdout).toContain('--byzantine 3 --inputs c4=a --runs 2')
})

const SWEEP = ['sweep', 'bracha/deliver-one', '--n', '4', '--b', '1', '--max-states', '0', '--runs', '20']
const QUIET = ['--trials', '0', '--boundary', '0', '--without-pictures']

test('a sweep that goes on looks again for what it found, where the trace is gone', async () => {
  const folder = emptyFolder()
  const first = await turncoat(folder, [...SWEEP, ...QUIET])
  const traces = first.files.filter((file) => file.startsWith('out/sweep/traces/'))
  expect(traces.length).toBeGreaterThan(0)
  const journal = readFileSync(join(folder, 'out/sweep/cells.jsonl'), 'utf8')
  rmSync(join(folder, 'out/sweep/traces'), { recursive: true })
  const again = await turncoat(folder, [...SWEEP, ...QUIET])
  expect(again.files).toEqual(first.files)
  expect(readFileSync(join(folder, 'out/sweep/cells.jsonl'), 'utf8')).toBe(journal)
})

test.each([
  ['nothing in its cell', (line: object) => ({ ...line, cells: [{}] })],
  ['nothing but cells', () => ({ cells: [{}] })],
  ['a verdict that is none', (line: any) => ({ ...line, cells: [{ ...line.cells[0], verdict: 'fine' }] })],
  ['metrics that are none', (line: object) => ({ ...line, metrics: [3] })],
])('a record of a journal with %s is refused, with its line', async (_, change) => {
  const folder = emptyFolder()
  await turncoat(folder, [...SWEEP, ...QUIET])
  const file = join(folder, 'out/sweep/cells.jsonl')
  const [heading, record] = readFileSync(file, 'utf8').split('\n')
  writeFileSync(file, `${heading}\n${JSON.stringify(change(JSON.parse(record!)))}\n`)
  const ran = await turncoat(folder, [...SWEEP, ...QUIET])
  expect(ran).toMatchObject({ code: 2, stdout: '' })
  expect(ran.stderr).toContain('line 2 is not the record of a point')
})

test('a grid that would take days is refused before anything is written', async () => {
  const ran = await turncoat(emptyFolder(), ['sweep', 'bracha', '--n', '4..300', '--b', '0..n', '--f', '0..n'])
  expect(ran).toMatchObject({ code: 2, stdout: '', files: [] })
  expect(ran.stderr).toMatch(/more than 10000 points; write shorter axes/)
})

test.each(['fuzz', 'check'])('%s prints a violation whose trace cannot be saved, and why', async (command) => {
  const folder = emptyFolder()
  const place = 'a'.repeat(300)
  const argv = [command, 'bracha/deliver-one', '--claim', 'agreement', '--byzantine', '3', '--out', place]
  const ran = await turncoat(folder, argv)
  expect(ran).toMatchObject({ code: 1, stderr: '', files: [] })
  expect(ran.stdout).toMatch(/violated +agreement: r\d decided [ab], r\d decided [ab]/)
  expect(ran.stdout).toMatch(/its trace is not saved: .*name another place with --out/)
  const object = JSON.parse((await turncoat(folder, [...argv, '--json'])).stdout)
  expect(object.claims[0]).toMatchObject({ verdict: 'violated', unsaved: expect.stringContaining('cannot be written') })
})

test('what commands save goes nowhere near the traces that a repository keeps', async () => {
  const folder = emptyFolder()
  mkdirSync(join(folder, 'traces'))
  for (const command of ['fuzz', 'check']) {
    await turncoat(folder, [command, 'bracha/deliver-one', '--claim', 'agreement', '--byzantine', '3'])
  }
  expect(readdirSync(join(folder, 'traces'))).toEqual([])
  expect(readdirSync(join(folder, 'out/traces')).length).toBeGreaterThan(0)
})
