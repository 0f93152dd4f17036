import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { emptyFolder } from '../cli/world.ts'

const DIST = join(import.meta.dirname, '../../dist/src')
const ODD = join(import.meta.dirname, 'odd.mjs')

/** A folder with a protocol whose program goes wrong in this way; its name is in the program's arguments. */
function folderWith(mode: string, limits: object): string {
  if (!existsSync(DIST)) throw new Error('build first: npm run build')
  const folder = emptyFolder()
  writeFileSync(
    join(folder, 'odd.js'),
    `import { external, invariant } from ${JSON.stringify(join(DIST, 'index.js'))}
export const protocol = external({
  name: 'odd', about: 'It goes wrong.', rules: () => ({}), messages: ['SAY'], input: true,
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'] }, bounds: {} }),
  command: [process.execPath, ${JSON.stringify(ODD)}, ${JSON.stringify(mode)}, ${JSON.stringify(join(folder, 'mark'))}],
  limits: ${JSON.stringify(limits)},
})
export const claims = [invariant({ name: 'nothing', about: 'Nothing.' }, () => undefined)]
`,
  )
  return folder
}

const begun = (folder: string, flags: readonly string[]): ChildProcess =>
  spawn(process.execPath, [join(DIST, 'cli/main.js'), 'fuzz', './odd.js', '--n', '1', ...flags], { cwd: folder })

/** Processes of this folder's program that run. */
function running(folder: string): number {
  const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
  return all.split('\n').filter((line) => line.includes(ODD) && line.includes(folder)).length
}

async function until(done: () => boolean, seconds: number): Promise<boolean> {
  for (let i = 0; i < seconds * 20; i++) {
    if (done()) return true
    await sleep(50)
  }
  return done()
}

const ENDLESS = { answer: 1_000, start: 1_000 }

test.each([
  'SIGKILL',
  'SIGINT',
  'SIGTERM',
  'SIGHUP',
] as const)('no process of a program that hangs is left behind after %s', async (signal) => {
  const folder = folderWith('hangs', ENDLESS)
  const turncoat = begun(folder, [])
  expect(await until(() => running(folder) > 0, 60)).toBe(true)
  turncoat.kill(signal)
  await once(turncoat, 'exit')
  expect(await until(() => running(folder) === 0, 10)).toBe(true)
})

test('--time ends a command whose program hangs, and the program', async () => {
  const folder = folderWith('hangs', ENDLESS)
  const turncoat = begun(folder, ['--time', '2s'])
  const [code] = await once(turncoat, 'exit')
  expect(code).toBe(4)
  expect(await until(() => running(folder) === 0, 10)).toBe(true)
})

test('no process is left behind after a command that came to its end', async () => {
  const folder = folderWith('well', {})
  const [code] = await once(begun(folder, ['--runs', '5']), 'exit')
  expect(code).not.toBe(3)
  expect(await until(() => running(folder) === 0, 10)).toBe(true)
})

test('a process that is killed in mid-run is replaced, and the result is the same', async () => {
  const printed = async (folder: string): Promise<string> => {
    const turncoat = begun(folder, ['--runs', '5', '--json'])
    let text = ''
    turncoat.stdout!.on('data', (chunk) => {
      text += chunk
    })
    await once(turncoat, 'exit')
    const { seconds: _, ...result } = JSON.parse(text)
    return JSON.stringify(result)
  }
  expect(await printed(folderWith('killed-once', {}))).toBe(await printed(folderWith('well', {})))
})
