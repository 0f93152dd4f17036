import { cpSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder } from '../cli/world.ts'
import { begun, DIST, ended, foundIn, isGone, oddFolder } from './processes.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Another copy of the package, as somebody has it who installed it beside a protocol. */
function installed(): string {
  const folder = emptyFolder()
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true })
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'))
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

async function fuzzed(mode: string, copy: string, limits: object = {}) {
  const folder = oddFolder(mode, limits, copy)
  // TypeScript is loaded by tsx, which makes a copy of each module for itself.
  const subject = copy.endsWith('.ts') ? './subject.ts' : './subject.js'
  renameSync(join(folder, 'subject.js'), join(folder, subject))
  const end = await ended(begun(folder, ['fuzz', subject, '--n', '1', '--runs', '5', '--workers', '1', '--json']))
  expect(await isGone(folder)).toBe(true)
  return end
}

test('a program that another copy of this package has declared is run as ever, from sources too', async () => {
  const own = await fuzzed('well', join(DIST, 'index.js'))
  expect(own.code, own.stderr).toBe(0)
  for (const copy of [join(installed(), 'dist/src/index.js'), join(ROOT, 'src/index.ts')]) {
    const { code, stdout, stderr } = await fuzzed('well', copy)
    expect(code, stderr).toBe(0)
    expect((foundIn(stdout) as any).claims).toEqual((foundIn(own.stdout) as any).claims)
    // What goes wrong in another copy has its own class, and is the same mistake.
    const late = await fuzzed('hangs', copy, { answer: 0.2 })
    expect(late).toMatchObject({ code: 2, stderr: expect.stringMatching(/no answer within 0.2 s/) })
  }
}, 120_000)

test('a copy that lacks the module of its thread is said at once to be broken', async () => {
  const copy = installed()
  rmSync(join(copy, 'dist/src/external/bridge.js'))
  const { code, stderr } = await fuzzed('well', join(copy, 'dist/src/index.js'))
  expect({ code, stderr }).toMatchObject({
    code: 3,
    stderr: expect.stringMatching(/the thread that runs processes cannot be loaded: .*bridge\.js/),
  })
}, 60_000)
