import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readTrace, saveTrace } from '../../src/cli/trace-files.ts'
import type { Trace } from '../../src/trace/index.ts'
import { emptyFolder } from './world.ts'

const trace: Trace = {
  turncoat: 1,
  title: 'Made by hand',
  protocol: 'bracha',
  setting: {
    ...{ n: 4, f: 1, byzantine: [3], crash: [], clients: 0, values: ['a'], inputs: [['a'], [], [], []], bounds: {} },
    ...{ auth: 'channels', network: { duplicate: true, lose: false, fifo: false, gossip: false }, steps: 'lazy' },
  },
  claim: 'agreement',
  found: { command: 'turncoat fuzz bracha', seed: 1, run: 0, strategy: [], scheduler: 'pos', steps: 1 },
  shortest: 'bound reached',
  eager: 'not-found',
  steps: [{ at: 0, input: 'a', digest: '0123456789abcdef' }],
  violation: 'r0 decided a',
}

test('what is saved is what is read', async () => {
  const folder = emptyFolder()
  const { path } = await saveTrace(trace, folder)
  expect(await readTrace(path, folder)).toEqual(trace)
})

test('a trace that could not be read again is not written', async () => {
  const folder = emptyFolder()
  const hostile = { ...trace, violation: 'r0 decided \u0007' }
  await expect(saveTrace(hostile, folder)).rejects.toThrow(/breaks agreement, but its trace could not be read again/)
  expect(readdirSync(folder)).toEqual([])
})
