import { expect, test } from 'vitest'
import { type Io, Output } from '../../src/cli/terminal/io.ts'
import { plain } from '../../src/report/text/paint.ts'

function outputOn(isTTY: boolean, flags: object, environment: Record<string, string> = {}) {
  const written = { stdout: '', stderr: '' }
  const io: Io = {
    stdout: (text) => {
      written.stdout += text
    },
    stderr: (text) => {
      written.stderr += text
    },
    cwd: '/',
    isTTY,
    now: () => 0,
    environment,
  }
  return { output: new Output(io, flags), written }
}

test('colours are for terminals, unless somebody wants none', () => {
  expect(outputOn(true, {}).output.paint.red('x')).not.toBe('x')
  expect(outputOn(false, {}).output.paint).toBe(plain)
  expect(outputOn(true, { color: false }).output.paint).toBe(plain)
  expect(outputOn(true, { json: true }).output.paint).toBe(plain)
  expect(outputOn(true, {}, { NO_COLOR: '1' }).output.paint).toBe(plain)
})

test('with --json people are told on the error stream; --quiet drops remarks only', () => {
  const json = outputOn(false, { json: true })
  json.output.say('a')
  json.output.json({ b: 1 })
  expect(json.written).toEqual({ stdout: '{"b":1}\n', stderr: 'a\n' })
  const quiet = outputOn(false, { quiet: true })
  quiet.output.remark('a')
  quiet.output.say('b')
  quiet.output.json({ c: 1 })
  expect(quiet.written).toEqual({ stdout: 'b\n', stderr: '' })
})
