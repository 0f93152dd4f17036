/** What is saved happens again where no handler has run before. */
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'

const model = JSON.stringify(resolve(import.meta.dirname, '../../src/model/index.ts'))

/** Every replica says `turn()`; two that say the same break the claim. */
const protocol = (before: string, turn: string): string => `import { defineProtocol, invariant } from ${model}
${before}
export const protocol = defineProtocol<{ state: { done: boolean }; message: { type: 'A' }; output: { turn: number } }>({
  name: 'outside', about: 'Keeps something outside.', rules: () => ({}),
  defaults: () => ({ f: 0, b: 0, values: ['a'], bounds: {} }),
  init: () => ({ done: false }),
  input(state, value, ctx) {
    if (state.done) return
    state.done = true
    ctx.output({ turn: ${turn} })
  },
  upon: { A() {} },
})
export const claims = [invariant<any>({ name: 'early', about: 'Nobody is late.' }, ({ outputs }) =>
  outputs.some(({ output }) => output.turn > 2) ? 'somebody was late' : undefined)]
`

function fuzz(text: string) {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'outside.ts'), text)
  return turncoat(folder, ['fuzz', './outside.ts', '--n', '2', '--runs', '20', '--workers', '1'])
}

test('a counter outside of the state: the violation is printed, not saved, and the step is named', async () => {
  // Somebody has left something behind in this process: handlers look like functions here, and are none.
  Object.assign(globalThis, { leftBehind: 3 })
  const counting = protocol('', '(globalThis as any).leftBehind ?? 1')
  const { code, stdout, stderr, files } = await fuzz(counting)
  expect([code, stderr]).toEqual([2, expect.stringContaining('in a fresh process the run diverges at step 1')])
  expect(stderr).toContain('./outside.ts: handlers keep something outside of their state')
  expect(stdout).toContain('violated early: somebody was late')
  expect(files.filter((file) => file.endsWith('.json'))).toEqual([])
})

test('nothing outside: the trace is saved and replays', async () => {
  const { code, files, stdout, stderr } = await fuzz(protocol('', '3'))
  expect([code, stdout, stderr]).toEqual([1, expect.stringContaining('violated  early'), ''])
  expect(files.filter((file) => file.endsWith('.json'))).toHaveLength(1)
})
