import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, QUICK } from './world.ts'

const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js')

function built(cwd: string, argv: readonly string[]) {
  if (!existsSync(MAIN)) throw new Error('build first: npm run build')
  return spawnSync(process.execPath, [MAIN, ...argv], { cwd, encoding: 'utf8' })
}

test('the built program searches, and two fresh processes replay to the same digest', () => {
  const folder = emptyFolder()
  const found = built(folder, ['fuzz', 'bracha/deliver-one', '--claim', 'agreement', ...QUICK])
  expect(found.stderr).toBe('')
  expect(found.status).toBe(1)
  const trace = join('out/traces', readdirSync(join(folder, 'out/traces'))[0]!)
  const [once, twice] = [built(folder, ['replay', trace, '--json']), built(folder, ['replay', trace, '--json'])]
  expect(once.status).toBe(0)
  expect(JSON.parse(once.stdout)).toEqual(JSON.parse(twice.stdout))
})

test('the line that a search prints finds the same again', () => {
  const folder = emptyFolder()
  const first = built(folder, ['fuzz', 'bracha/echo-two', '--byzantine', '0', '--runs', '20', '--json'])
  const object = JSON.parse(first.stdout)
  const [, ...again] = object.reproduce.split(' ')
  const { seconds: _, ...second } = JSON.parse(built(folder, [...again, '--json']).stdout)
  expect({ ...second, seconds: object.seconds }).toEqual(object)
})

test('a mistyped flag ends the process with 2', () => {
  const ran = built(emptyFolder(), ['fuzz', 'bracha', '--runz', '3'])
  expect(ran).toMatchObject({ status: 2, stdout: '' })
  expect(ran.stderr).toMatch(/^turncoat: [^\n]*Did you mean --runs[^\n]*\n$/)
})

test('a mistake of a protocol that a worker thread meets is told as a mistake, not as a bug', () => {
  const folder = emptyFolder()
  const model = join(import.meta.dirname, '../../dist/src/model/index.js')
  writeFileSync(
    join(folder, 'keeps-a-set.js'),
    `import { defineProtocol, invariant } from ${JSON.stringify(model)}
export const protocol = defineProtocol({
  name: 'keeps-a-set',
  about: 'Its state is no plain JSON after the first message.',
  rules: () => ({}),
  defaults: () => ({ f: 0, b: 0, inputs: { 0: ['a'] }, bounds: {} }),
  init: () => ({ heard: null }),
  input: (state, value, ctx) => ctx.broadcast({ type: 'SAY', value }),
  upon: { SAY: (state, { value }) => { state.heard = new Set([value]) } },
})
export const claims = [invariant({ name: 'agreement', about: 'Nothing.' }, () => undefined)]
`,
  )
  const argv = ['fuzz', './keeps-a-set.js', '--runs', '500', '--workers']
  const [threads, one] = [built(folder, [...argv, '2']), built(folder, [...argv, '1'])]
  expect(threads.stderr).toMatch(/^turncoat: keeps-a-set, rule SAY[^\n]*heard[^\n]*\n$/)
  expect(threads).toMatchObject({ status: 2, stdout: '' })
  expect(threads.stderr).toBe(one.stderr)
})
