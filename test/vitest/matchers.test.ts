import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replayFolder } from '../../src/vitest.ts'
import { emptyFolder } from '../cli/world.ts'
import * as echo from '../library/echo.ts'
import { LONG } from '../tiers.ts'

const { fPlus1, claims } = echo

/** What a test that fails says: vitest prints the message of an error's JSON, where it has one. */
async function failure(match: () => Promise<unknown>): Promise<string> {
  return match().then(
    () => expect.fail('it should have failed'),
    (error: Error) => JSON.parse(JSON.stringify(error)).message ?? error.message,
  )
}

test('what holds holds, what breaks breaks, and what is not found is not found', async () => {
  await expect(echo).toHold('agreement', { b: 1 })
  await expect(fPlus1).toBreak('agreement', { claims, b: 1 })
  await expect(echo).toSurvive('agreement', { runs: 50 })
})

test('a violation fails with its story, its file and the command that finds it again', async () => {
  const out = emptyFolder()
  const said = await failure(() => expect(fPlus1).toHold('agreement', { claims, b: 1, out, file: './my.ts' }))
  const [file] = readdirSync(out)
  expect(said).toMatch(/^echo\/f-plus-1 breaks agreement: r\d decided/)
  expect(said).toMatch(/\n1 ! {2}r\d/)
  expect(said).toMatch(/DECIDES/)
  expect(said).toContain('shortest: certified')
  expect(said).toContain(`\ntrace: ${join(out, file!)}\n`)
  expect(said).toContain(`npx turncoat explain ${join(out, file!)} --subject ./my.ts`)
  expect(said).toMatch(/\nagain: npx turncoat check \.\/my\.ts\/f-plus-1 --b 1 --claim agreement$/)
  await expect(join(out, file!)).toReplay({ subject: fPlus1, claims })
  const fuzzed = await failure(() => expect(fPlus1).toSurvive('agreement', { claims, out: emptyFolder() }))
  expect(fuzzed).toMatch(
    /breaks agreement: r\d decided[\s\S]*\nagain: npx turncoat fuzz echo\/f-plus-1 .*\n\(with `file: /,
  )
})

test('no answer is a failure, and says which bound was reached', async () => {
  const few = await failure(() => expect('bracha').toHold('agreement', { b: 1, maxStates: 2 }))
  expect(few).toMatch(/^inconclusive agreement: stopped after .*\n[\s\S]*what ended it: maxStates, 2\n/)
  const short = await failure(() => expect('pbft').toHold('agreement', { b: 1, time: '20ms' }))
  expect(short).toContain('what ended it: time, 20ms')
  const vacuous = await failure(() => expect(echo).toHold('agreement', { inputs: {} }))
  expect(vacuous).toMatch(/^vacuous agreement: .*so nothing was proved/)
})

test('a mutant that nobody catches, and one of which nothing is known, fail', async () => {
  const held = await failure(() => expect(echo).toBreak('agreement', { b: 1 }))
  expect(held).toMatch(/^agreement should be broken, and is not:\nholds agreement \(bounds: /)
  const open = await failure(() => expect(fPlus1).toBreak('agreement', { claims, b: 1, maxStates: 1 }))
  expect(open).toMatch(/inconclusive agreement/)
})

test('mistakes are told with their remedy, and nothing is negated', async () => {
  const mistyped = await failure(() => expect(echo).toHold('agrement', { b: 1 }))
  expect(mistyped).toBe('echo has no claim called agrement; did you mean agreement?')
  for (const match of [
    () => expect(echo).not.toHold('agreement'),
    () => expect(echo).not.toBreak('agreement'),
    () => expect(echo).not.toSurvive('agreement'),
    () => expect('x.json').not.toReplay(),
  ]) {
    expect(await failure(match)).toMatch(/^not\.to\w+ would pass where nothing is known; say /)
  }
})

test.runIf(LONG)(
  'a file is named in the command, and its violation has happened where no handler had run before',
  async () => {
    const file = 'test/cli/files/first-wins.ts'
    const out = emptyFolder()
    const said = await failure(() => expect(file).toHold('agreement', { n: 3, byzantine: [1], out }))
    expect(said).toContain(`again: npx turncoat check ${file} --n 3 --byzantine 1 --claim agreement`)
    expect(said).toContain(` --subject ${file}\n`)
    await expect(join(out, readdirSync(out)[0]!)).toReplay({ subject: file })
  },
)

test('a trace that is not of today fails', async () => {
  const folder = emptyFolder()
  const text = readFileSync(join(import.meta.dirname, '../../traces/bracha-deliver-one.json'), 'utf8')
  const file = join(folder, 'x.json')
  writeFileSync(file, text.replace(/"digest":"[0-9a-f]{4}/, '"digest":"0000'))
  expect(await failure(() => expect(file).toReplay())).toMatch(/^diverged {3}.*x\.json: at step 1/)
  expect(await failure(() => expect(3).toReplay())).toMatch(/give the path of the file/)
})

const folder = emptyFolder()
for (const name of ['bracha-deliver-one.json', 'bracha-echo-two.json']) {
  writeFileSync(join(folder, name), readFileSync(join(import.meta.dirname, '../../traces', name), 'utf8'))
}
replayFolder(folder)
