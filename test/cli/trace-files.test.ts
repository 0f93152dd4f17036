import { copyFileSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readTrace, saveTrace } from '../../src/cli/files/trace-files.ts'
import type { Trace } from '../../src/trace/index.ts'
import { emptyFolder, turncoat } from './world.ts'

const trace: Trace = {
  turncoat: 2,
  title: 'Made by hand',
  protocol: 'bracha',
  setting: {
    ...{ n: 4, f: 1, byzantine: [3], crash: [], clients: 0, values: ['a'], inputs: [['a'], [], [], []], bounds: {} },
    ...{ auth: 'channels', network: { duplicate: true, lose: false, fifo: false, gossip: false }, steps: 'lazy' },
  },
  claim: 'agreement',
  origin: { command: 'turncoat fuzz bracha', seed: 1, run: 0, strategy: [], scheduler: 'pos', stepsBeforeShrinking: 1 },
  shortest: 'bound reached',
  eager: 'not-found',
  steps: [{ at: 0, input: 'a', digest: '0123456789abcdef' }],
  witness: 'r0 decided a',
}

test('what is saved is what is read', async () => {
  const folder = emptyFolder()
  const { path } = await saveTrace(trace, folder)
  expect(await readTrace(path, folder)).toEqual(trace)
})

test('a trace that could not be read again is not written', async () => {
  const folder = emptyFolder()
  const hostile = { ...trace, witness: 'r0 decided \u0007' }
  await expect(saveTrace(hostile, folder)).rejects.toThrow(/breaks agreement, but its trace could not be read again/)
  expect(readdirSync(folder)).toEqual([])
})

test('convert rewrites what is in format 1, leaves what is not, and goes on after a bad file', async () => {
  const folder = emptyFolder()
  const here = (name: string): string => join(folder, name)
  const now = join(import.meta.dirname, '../../traces/ben-or-n-5f.json')
  copyFileSync(join(import.meta.dirname, '../trace/format-1.json'), here('old.json'))
  copyFileSync(now, here('new.json'))
  const ran = await turncoat(folder, ['convert', 'missing.json', 'old.json', 'new.json', '--json'])
  expect(ran.code).toBe(2)
  expect(JSON.parse(ran.stdout)).toEqual({
    command: 'convert',
    traces: [
      { trace: 'missing.json', error: 'there is no file missing.json' },
      { trace: 'old.json', from: 1, to: 2 },
      { trace: 'new.json', from: 2, to: 2 },
    ],
  })
  for (const name of ['old.json', 'new.json']) expect(readFileSync(here(name), 'utf8')).toBe(readFileSync(now, 'utf8'))
  expect((await turncoat(folder, ['convert', 'old.json'])).stdout).toBe('old.json: in format 2 already\n')
})
