import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type External, endPrograms, external, settlePrograms } from '../../src/external/index.ts'
import { begin, program, react, UsageError } from '../../src/model/index.ts'
import { configure } from '../../src/system/index.ts'
import { LONG } from '../tiers.ts'

afterAll(endPrograms)

interface Odd {
  state: { got: string | null }
  message: { type: 'SAY' }
  output: string
}

function declared(mode: string, more: Partial<External<Odd>> = {}) {
  const mark = join(mkdtempSync(join(tmpdir(), 'odd-')), 'mark')
  return external<Odd>({
    ...{ name: 'odd', about: 'It goes wrong.', rules: () => ({}), messages: ['SAY'], input: true },
    defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'] }, bounds: {} }),
    command: [process.execPath, 'odd.mjs', mode, mark],
    cwd: import.meta.url,
    ...more,
  })
}

/** What a replica does on an input whose program goes wrong in this way. */
function onInput(mode: string, more?: Partial<External<Odd>>) {
  const protocol = declared(mode, more)
  const made = program(protocol, configure(protocol, { n: 1 })[0]!)
  const { local } = begin(made, 0)
  const ask = () => react(made, 0, local, { kind: 'input', value: 'a' }, () => false)
  const say = () =>
    react(made, 0, local, { kind: 'message', rule: 'SAY', from: 0, message: { type: 'SAY' } }, () => false)
  return { first: ask(), again: ask, say }
}

function mistake(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  throw new Error('nothing was refused')
}

test('what a program answers is what its replica does', () => {
  const { first } = onInput('well')
  expect(first.local.state).toEqual({ got: 'x' })
  expect(first.effects.outputs).toEqual(['x'])
})

test('a program that ends on an event, each time, stops its replica; what differs between its ends is left out', () => {
  const { first } = onInput('dies')
  expect(first.local.threw).toBe('ProgramError: the program ended with code 3: index 7 is out of range')
})

test('an exception that the program caught stops its replica, and the process goes on', () => {
  expect(onInput('errs').first.local.threw).toBe('ProgramError: TypeError: no such thing')
})

test.runIf(LONG)('a program that ends once, and not when it is asked again, is nondeterministic', () => {
  expect(mistake(() => onInput('dies-once'))).toMatch(/nondeterministic.*ended with code 3.*"output":"x"/)
})

test('a process that somebody kills is replaced, and nothing is lost', () => {
  expect(onInput('killed-once').first.effects.outputs).toEqual(['x'])
})

test.runIf(LONG)('a program that hangs is ended, and the request is quoted', () => {
  expect(mistake(() => onInput('hangs', { limits: { answer: 0.2 } }))).toMatch(
    /no answer within 0.2 s.*twice, on .*"event":"input"/,
  )
})

test('a program that prints something else where an answer is due is told the line', () => {
  expect(mistake(() => onInput('chats'))).toMatch(/not an answer: it is not JSON: got it$/)
})

test('bytes that are no UTF-8, and whole numbers that would be rounded, are refused: two values would be one', () => {
  expect(mistake(() => onInput('latin-1'))).toMatch(/printed bytes that are no UTF-8, on .*"event":"input"/)
  expect(mistake(() => onInput('rounded'))).toMatch(/9007199254740993 is read as 9007199254740992; print numbers/)
  expect(onInput('large').first.effects.outputs).toEqual([
    [2 ** 53 + 2, 0.12345678901234566, 1.0000000000000002, '9007199254740993'],
  ])
})

test('a line that nobody asked for is not taken for the next answer', () => {
  const { say } = onInput('chats-late')
  expect(mistake(say)).toMatch(/that answers no request: that was it|not JSON: that was it/)
})

test.runIf(LONG)('an action that is none is quoted', () => {
  expect(mistake(() => onInput('action'))).toMatch(/`do` has {"shout":"x"}, which is not an action/)
})

test.runIf(LONG)('a program that takes ever more memory is ended', () => {
  expect(mistake(() => onInput('leaks', { limits: { memory: 200 } }))).toMatch(/more than 200 MB of memory, twice/)
})

test.each([
  'chance',
  'remembers',
])('a program whose answers differ (%s) is nondeterministic, and both are shown', (mode) => {
  const { again } = onInput(mode)
  // `remembers`: the second process has been asked for less.
  expect(mistake(again)).toMatch(/nondeterministic: asked the same twice, it answers .*"output".*, then .*"output"/)
})

test.runIf(LONG)('a program that asks without end is told so', () => {
  expect(mistake(() => onInput('asks'))).toMatch(/asks 250 questions and is not done/)
})

test('a command that is not there is named, with what the system says of it', () => {
  expect(mistake(() => onInput('well', { command: ['no-such-program'] }))).toMatch(
    /no-such-program cannot be started.*not found/,
  )
  expect(mistake(() => onInput('well', { cwd: '/no/such/folder' }))).toMatch(/cannot be started.*ENOENT/)
})

test('a declaration without a command, or with an odd limit, is refused', () => {
  expect(mistake(() => declared('well', { command: [] }))).toMatch(/command/)
  expect(mistake(() => declared('well', { limits: { answer: 0 } }))).toMatch(/answer/)
})

test('a line after the very last answer is seen when the programs are let go', async () => {
  await endPrograms()
  onInput('well')
  expect(() => settlePrograms()).not.toThrow()
  onInput('chats-late')
  expect(mistake(settlePrograms)).toMatch(/that answers no request: that was it$/)
  // They are gone, and nothing is told twice; whoever asks again is answered.
  expect(() => settlePrograms()).not.toThrow()
  expect(onInput('well').first.effects.outputs).toEqual(['x'])
})
