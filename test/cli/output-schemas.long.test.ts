import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { outputSchemas, outputSchemaText } from '../../src/report/schemas/index.ts'
import { searching } from './check-stub.ts'
import { assertDescribed } from './output-schemas.ts'
import { emptyFolder, QUICK, turncoat } from './world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const folder = emptyFolder()

/** One run of every command; what is printed is held against its schema by `turncoat` itself. */
const COMMANDS: readonly (readonly string[])[] = [
  ['fuzz', 'bracha/deliver-one', '--claim', 'agreement', ...QUICK, '--out', 'one.json', '--json'],
  ['fuzz', 'bracha', '--runs', '3', '--workers', '1', '--json'],
  ['check', 'bracha/deliver-one', '--byzantine', '3', '--json'],
  ['conform', 'bracha', '--log', join(ROOT, 'examples/bracha.log'), '--json'],
  ['sweep', 'two-phase-commit', '--n', '3', '--b', '0', '--runs', '2', '--trials', '1', '--without-pictures', '--json'],
  ['study', '--json'],
  ['replay', 'one.json', '--json'],
  ['replay', 'one.json', 'missing.json', '--json'],
  ['explain', 'one.json', '--json'],
  ['convert', 'one.json', '--json'],
  ['shrink', 'one.json', '--json'],
  ['show', 'one.json', '--json'],
  ['show', 'one.json', '--format', 'json'],
  ['show', 'bracha', '--universe', '--json'],
  ['list', '--json'],
  ['init', 'mine', '--json'],
  ['explore', 'bracha', '--out', 'page.html', '--json'],
  ['doctor', '--json'],
  ['completion', 'bash', '--json'],
  ['check', 'nobody', '--json'],
  ['campaign', 'run', 'two-phase-commit', '--n', '3', '--runs', '1', '--shard', '1/2', '--json'],
]
/** The tour takes long, and has a test of its own. */
const ELSEWHERE = ['demo']

const printed = new Map<string, string>()

test.each(
  COMMANDS.map((argv) => [argv.join(' ').replaceAll(`${ROOT}/`, ''), argv] as const),
)('turncoat %s prints what its schema says', async (_, argv) => {
  const { stdout } = await turncoat(folder, argv)
  const { error } = JSON.parse(stdout)
  printed.set(error ? 'error' : argv.includes('--format') ? 'run' : argv[0]!, stdout)
})

test('no command is left out, nor anything that it tells while it is at work', async () => {
  expect([...printed.keys(), ...ELSEWHERE].sort()).toEqual(Object.keys(outputSchemas).sort())
  const { stdout } = await turncoat(folder, ['check', 'bracha', '--json'], searching())
  expect(JSON.parse(stdout).command).toBe('check')
})

/** Values in which one object has a key more. */
function* withOneMore(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) for (const one of withOneMore(item)) yield value.with(i, one)
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, forgotten: 'yes' }
    for (const [key, inner] of Object.entries(value)) {
      for (const one of withOneMore(inner)) yield { ...value, [key]: one }
    }
  }
}

test('a key that no schema has is noticed, at the top and in every claim', () => {
  for (const [command, stdout] of printed) {
    expect(() => assertDescribed([command], JSON.stringify({ ...JSON.parse(stdout), forgotten: 1 }))).toThrow(
      /forgotten|Invalid input/,
    )
  }
  const check = JSON.parse(printed.get('check')!)
  for (const claims of withOneMore(check.claims)) {
    expect(outputSchemas.check.safeParse({ ...check, claims }).success).toBe(false)
  }
})

test('the published schemas are made of these, and allow nothing more', () => {
  for (const name of Object.keys(outputSchemas) as (keyof typeof outputSchemas)[]) {
    const text = outputSchemaText(name)
    const loose = [...text.matchAll(/"additionalProperties": \{\}/g)]
    // Messages and local values are the protocol's, rows of a study are its own.
    expect(loose.length, name).toBeLessThanOrEqual(1)
    const built = join(ROOT, 'dist/schemas', `${name}.schema.json`)
    if (existsSync(built)) expect(readFileSync(built, 'utf8')).toBe(text)
  }
})
