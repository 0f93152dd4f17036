import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { drawing } from '../../src/cli/terminal/bars.ts'
import { searching } from './check-stub.ts'
import { emptyFolder } from './world.ts'

/** A terminal, and what it was told to show. */
function terminal() {
  let shown = ''
  const stream = new Writable({
    write(chunk, _, done) {
      shown += chunk
      done()
    },
  })
  return { stream: Object.assign(stream, { isTTY: true, columns: 200 }), shown: () => shown }
}

test('a bar says how far it is; where nobody knows, counts turn, and no share is made up', () => {
  const { stream, shown } = terminal()
  const draw = drawing(stream)
  draw({ done: 250, total: 1_000, unit: 'runs', note: '' })
  expect(shown()).toContain('25 % · 250 of 1,000 runs')
  draw({ done: 1_234, total: 5_000_000, isLimit: true, unit: 'states', note: 'search: depth 3' })
  draw(null)
  expect(shown()).toMatch(/[|/\\-] 1,234 states search: depth 3/)
  expect(shown()).not.toMatch(/5,?000,?000/)
  expect(shown().match(/%/g)).toHaveLength(1)
})

test('who cuts a check off is told how much was searched', async () => {
  let [clock, kept] = [0, '']
  const { stream, shown } = terminal()
  const draw = drawing(stream)
  const engines = searching(({ onProgress }) => {
    clock += 2_000
    onProgress!({ phase: 'closure', states: 99, frontier: 0, depth: 0 })
    expect(kept).toContain('nothing was searched')
    onProgress!({ phase: 'search', states: 1_234, frontier: 5, depth: 6 })
    throw new Error('cut off')
  })
  await run(
    ['check', 'bracha', '--byzantine', '0', '--claim', 'agreement'],
    {
      ...{ cwd: emptyFolder(), isTTY: true, isErrorTTY: true, environment: { NO_COLOR: '1' }, now: () => clock },
      ...{ stdout: () => {}, stderr: () => {}, bar: draw },
      keep: ({ stdout }) => {
        kept = stdout
      },
    },
    engines,
  )
  expect(kept).toContain(
    'inconclusive agreement: the search was cut off; no violation in 1,234 states; this is no proof',
  )
  expect(shown()).toMatch(/ 99 states closure: .*/)
  expect(shown()).not.toContain('%')
})
