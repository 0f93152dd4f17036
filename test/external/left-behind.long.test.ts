import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { begun, DIST, ended, isGone, oddFolder, running, until } from './processes.ts'

const ENDLESS = { answer: 1_000, start: 1_000 }
const FUZZ = ['fuzz', './subject.js', '--n', '1']

test.each([
  'SIGKILL',
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const)('no process of a program that hangs is left behind after %s', async (signal) => {
  const folder = oddFolder('hangs', ENDLESS)
  const turncoat = begun(folder, FUZZ)
  expect(await until(() => running(folder).programs.length > 0, 60)).toBe(true)
  turncoat.kill(signal)
  await once(turncoat, 'exit')
  expect(await isGone(folder)).toBe(true)
})

test('--time ends a command whose program hangs, and the program', async () => {
  const folder = oddFolder('hangs', ENDLESS)
  const { code } = await ended(begun(folder, [...FUZZ, '--time', '2s']))
  expect(code).toBe(4)
  expect(await isGone(folder)).toBe(true)
})

test('no process is left behind after a command that came to its end', async () => {
  const folder = oddFolder('well', {})
  const { code } = await ended(begun(folder, [...FUZZ, '--runs', '5']))
  expect(code).not.toBe(3)
  expect(await isGone(folder)).toBe(true)
})

test('a script that waits for the end of all programs goes on afterwards', async () => {
  const folder = oddFolder('well', {})
  const script = join(folder, 'own.js')
  writeFileSync(
    script,
    `import { check, endPrograms } from ${JSON.stringify(join(DIST, 'index.js'))}
import * as subject from './subject.js'
await check(subject, { n: 1 })
await endPrograms()
console.log('on')
`,
  )
  expect(await ended(spawn(process.execPath, [script]))).toEqual({ code: 0, stdout: 'on\n', stderr: '' })
  expect(await isGone(folder)).toBe(true)
}, 60_000)

test.each([
  1, 2,
])('a program that says more than it was asked is refused at the end, with %d threads', async (workers) => {
  const folder = oddFolder('chats-last', {})
  const { code, stdout, stderr } = await ended(
    begun(folder, [...FUZZ, '--runs', '500', '--workers', String(workers), '--json']),
  )
  expect(stderr).toMatch(
    /^turncoat: .*chats-last.* printed a line that answers no request: bye; the standard output is for/m,
  )
  expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'usage' } })
  expect(code).toBe(2)
  expect(await isGone(folder)).toBe(true)
})
