import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { emptyFolder } from './world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
let made: string

/** Runs a program of the new folder as its reader would, and nothing from the network. */
function run(command: string, argv: readonly string[], cwd: string) {
  // The tier is a matter of these tests only.
  const { TURNCOAT_TIER: _, VITEST: __, ...env } = process.env
  return spawnSync(command, argv, { cwd, encoding: 'utf8', env })
}

const node = (file: string, argv: readonly string[], cwd = made) => run(process.execPath, [file, ...argv], cwd)

/** What `npm pack` would take, unpacked where `npm install` would put it, with the packages of this repository. */
beforeAll(() => {
  const folder = emptyFolder()
  const packed = run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder, '--json'], ROOT)
  expect(packed.status, packed.stderr).toBe(0)
  const [{ filename }] = JSON.parse(packed.stdout)
  const modules = join(folder, 'my-protocol/node_modules')
  const installed = join(folder, 'installed')
  mkdirSync(installed)
  expect(run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1'], folder).status).toBe(0)
  symlinkSync(join(ROOT, 'node_modules'), join(installed, 'node_modules'))
  made = join(folder, 'my-protocol')
  const ran = node(join(installed, 'dist/src/cli/main.js'), ['init', 'my-protocol'], folder)
  expect(ran.stderr).toBe('')
  expect(ran.status).toBe(0)
  mkdirSync(modules)
  symlinkSync(installed, join(modules, 'turncoat'))
  for (const name of ['vitest', 'typescript']) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name))
}, 120_000)

const turncoat = (...argv: string[]) => node('node_modules/turncoat/dist/src/cli/main.js', argv)

test('its types are right', () => {
  const ran = node('node_modules/typescript/bin/tsc', [])
  expect(ran.stdout).toBe('')
  expect(ran.status).toBe(0)
})

test('its own test passes', () => {
  const ran = node('node_modules/vitest/vitest.mjs', ['run'])
  expect(ran.stdout).toContain('4 passed')
  expect(ran.status).toBe(0)
})

test('the next commands: the protocol holds, the mutant breaks, and its trace replays', () => {
  const holds = turncoat('check', './broadcast.ts', '--b', '1', '--claim', 'all')
  expect(holds.stderr).toBe('')
  for (const claim of ['agreement', 'validity', 'liveness']) expect(holds.stdout).toContain(`\nholds ${claim} (`)
  expect(holds.status).toBe(0)
  const broken = turncoat('fuzz', './broadcast.ts/f-plus-1', '--claim', 'agreement', '--out', 'out/one.json')
  expect(broken.stdout).toContain('agreement: ')
  expect(broken.status).toBe(1)
  expect(turncoat('replay', 'out/one.json', '--subject', './broadcast.ts').status).toBe(0)
  expect(turncoat('fuzz', './broadcast.ts').status).toBe(0)
  expect(turncoat('check', './broadcast.ts/f-plus-1', '--b', '1', '--claim', 'agreement').status).toBe(1)
})

test('a protocol that is broken fails with the story, the trace and the command', () => {
  const file = join(made, 'broadcast.ts')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('quorum: Math.ceil((n + f + 1) / 2)', 'quorum: f + 1'))
  const ran = node('node_modules/vitest/vitest.mjs', ['run'])
  writeFileSync(file, text)
  expect(ran.status).toBe(1)
  const said = `${ran.stdout}${ran.stderr}`
  expect(said).toMatch(/broadcast breaks agreement: r\d decided ./)
  expect(said).toContain('DECIDES')
  expect(said).toMatch(/trace: out\/traces\/broadcast-agreement-\S+\.json/)
  expect(said).toContain('again: npx turncoat check ./broadcast.ts --n 4 --b 1 --claim agreement')
  const [trace] = readdirSync(join(made, 'out/traces')).filter((name) => name.startsWith('broadcast-agreement'))
  // The run is of the protocol as it was.
  expect(turncoat('replay', `out/traces/${trace}`, '--subject', './broadcast.ts').status).toBe(1)
})

test('the packed doctor finds everything that it was packed with', () => {
  const ran = turncoat('doctor')
  expect(ran.stdout).toContain('Turncoat works here.')
  expect(ran.status).toBe(0)
})
