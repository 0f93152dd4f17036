/** `examples/project`, as somebody has it who has only the packed file: installed, compiled and tested. */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder } from '../cli/world.ts'

const ROOT = join(import.meta.dirname, '../..')
const PROJECT = join(ROOT, 'examples/project')
/** What npm says where there is no network, or nothing that answers. */
const NO_NETWORK = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|E503/

function npm(cwd: string, ...argv: string[]) {
  // The tier is a matter of these tests only.
  const { TURNCOAT_TIER: _, VITEST: __, ...env } = process.env
  return spawnSync('npm', argv, { cwd, encoding: 'utf8', env, timeout: 300_000 })
}

test('the project installs the packed file, its types are right, and its tests pass', (context) => {
  const folder = emptyFolder()
  cpSync(PROJECT, folder, { recursive: true, filter: (path) => !/node_modules|\.tgz$|package-lock/.test(path) })
  const packed = npm(ROOT, 'pack', '--ignore-scripts', '--pack-destination', folder, '--json')
  expect(packed.status, packed.stderr).toBe(0)
  renameSync(join(folder, JSON.parse(packed.stdout)[0].filename), join(folder, 'turncoat.tgz'))
  const installed = npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund')
  if (installed.status !== 0 && NO_NETWORK.test(installed.stderr)) {
    const why = 'NOT TESTED: examples/project could not be installed, for no registry can be reached'
    console.warn(`${why}\n${installed.stderr}`)
    context.skip(why)
  }
  expect(installed.status, installed.stderr).toBe(0)
  const compiled = npm(folder, 'run', 'types')
  expect(compiled.stdout).not.toContain('error')
  expect(compiled.status).toBe(0)
  const tested = npm(folder, 'test')
  expect(tested.stdout).toContain('8 passed')
  expect(tested.status, tested.stdout).toBe(0)
})

test('it uses what this repository is itself tested with', () => {
  const versions = (path: string) => JSON.parse(readFileSync(path, 'utf8')).devDependencies
  expect(versions(join(ROOT, 'package.json'))).toMatchObject(versions(join(PROJECT, 'package.json')))
})

test('the page of the library shows what is run here', () => {
  const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8')
  const text = ['mine.test.ts', 'runs.test.ts'].map((name) => readFileSync(join(PROJECT, name), 'utf8')).join('\n')
  const shown = page.slice(page.indexOf('## In a test'), page.indexOf('<!-- api -->'))
  const lines = [...shown.matchAll(/```ts\n([\s\S]*?)```/g)].flatMap(([, code]) => code!.split('\n'))
  const calls = lines.map((line) => line.trim()).filter((line) => /expect\(|replayFolder\(|fc\.assert/.test(line))
  expect(calls.length).toBeGreaterThan(3)
  for (const call of calls) expect(text).toContain(call)
})
