import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { emptyFolder } from './world.ts'

/** What this package may cost somebody who only checks and replays: megabytes on the disk, and packages. */
const MEGABYTES = 35
const PACKAGES = 60

const ROOT = resolve(import.meta.dirname, '../..')
const folder = emptyFolder()

function run(command: string, ...argv: readonly string[]) {
  const { TURNCOAT_TIER: _, VITEST: __, ...env } = process.env
  return spawnSync(command, argv, { cwd: folder, encoding: 'utf8', env })
}

const turncoat = (...argv: string[]) => run(process.execPath, 'node_modules/turncoat/dist/src/cli/main.js', ...argv)

function install(): string | undefined {
  const packed = run('npm', 'pack', ROOT, '--ignore-scripts', '--json')
  expect(packed.status, packed.stderr).toBe(0)
  const [{ filename }] = JSON.parse(packed.stdout)
  run('npm', 'init', '--yes')
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries', '0']
  const { status, stderr } = run('npm', 'install', ...flags, `./${filename}`)
  if (status === 0) return undefined
  // Without a registry there is nothing to measure; whatever else fails here, fails for users too.
  if (/ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i.test(stderr)) return stderr
  throw new Error(stderr)
}

/** As `du` counts: blocks, not bytes. */
function blocksIn(path: string): number {
  const found = lstatSync(path)
  const inner = found.isDirectory() ? readdirSync(path).map((name) => blocksIn(join(path, name))) : []
  return inner.reduce((sum, one) => sum + one, found.blocks)
}

const offline = install()
if (offline !== undefined) console.error(`SKIPPED: the size of the package, for npm cannot install it: ${offline}`)

describe.skipIf(offline !== undefined)('packed, and installed into an empty project', () => {
  test(`it takes less than ${MEGABYTES} MB and ${PACKAGES} packages`, () => {
    const { stdout } = run('npm', 'ls', '--all', '--parseable')
    const packages = stdout.trim().split('\n').length - 1
    const megabytes = (blocksIn(join(folder, 'node_modules')) * 512) / 2 ** 20
    console.log(`installed: ${megabytes.toFixed(1)} MB, ${packages} packages`)
    expect(packages).toBeLessThan(PACKAGES)
    expect(megabytes).toBeLessThan(MEGABYTES)
    for (const name of ['vega', '@resvg', 'bullmq', 'ioredis', 'dejavu-fonts-ttf', 'vitest', 'fast-check']) {
      expect(existsSync(join(folder, 'node_modules', name))).toBe(false)
    }
  })

  test('it checks, fuzzes and replays, and takes a protocol in TypeScript', () => {
    expect(turncoat('check', 'bracha', '--b', '1').status).toBe(0)
    expect(turncoat('fuzz', 'bracha/deliver-one', '--claim', 'agreement', '--out', 'one.json').status).toBe(1)
    const replayed = turncoat('replay', 'one.json')
    expect(replayed.stderr).toBe('')
    expect(replayed.status).toBe(0)
    expect(turncoat('init', 'mine').status).toBe(0)
    expect(turncoat('check', './mine/broadcast.ts', '--b', '1').status).toBe(0)
  })

  test.each([
    [
      ['sweep', 'bracha', '--n', '4', '--runs', '1'],
      'vega@6 vega-lite@6 @resvg/resvg-js@2; or sweep --without-pictures',
    ],
    [['sweep', 'asyncio-pbft', '--published'], 'vega@6 vega-lite@6 @resvg/resvg-js@2'],
    [['study', 'quorum', '--quick'], 'vega@6 vega-lite@6 @resvg/resvg-js@2'],
    [['campaign', 'status', '--redis', 'redis://127.0.0.1:1'], 'bullmq@6 ioredis@6'],
  ])('%j says at once what to install', (argv, packages) => {
    const { status, stderr } = turncoat(...argv)
    expect(stderr.replace(/\s+/g, ' ')).toContain(`npm install ${packages}`)
    expect(stderr).toContain('which is not installed')
    expect(status).toBe(2)
  })

  test('a sweep without pictures needs nothing more, and doctor says what is missing', () => {
    expect(turncoat('sweep', 'bracha', '--n', '4', '--b', '0', '--runs', '1', '--without-pictures').status).toBe(0)
    const { stdout, status } = turncoat('doctor')
    expect(stdout).toMatch(/missing {2}pictures: .*'vega'/)
    expect(stdout).toContain('Turncoat works here.')
    expect(status).toBe(0)
  })
})
