import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'

/** A run of Bracha's broadcast among four, as its replicas would log it. */
const RUN = readFileSync(join(import.meta.dirname, '../../examples/bracha.log'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

async function explained(lines: readonly object[], flags: readonly string[] = []) {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'run.log'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  const { stdout, stderr, code } = await turncoat(folder, ['conform', 'bracha', '--log', 'run.log', '--json', ...flags])
  return { ...(stdout ? JSON.parse(stdout) : {}), code, stderr }
}

test('what a run logged is explained, whatever the order between replicas', async () => {
  expect(await explained(RUN)).toMatchObject({ code: 0, verdict: 'explained', explained: RUN.length })
  const byReplica = [0, 1, 2, 3].flatMap((id) => RUN.filter(({ at }) => at === id))
  expect(await explained(byReplica)).toMatchObject({ code: 0, verdict: 'explained' })
})

test('a log that was edited is refused at its line, with what could have come there', async () => {
  const edited = RUN.map((line, i) => (i === 11 ? { at: 2, outputs: { delivered: 'b' } } : line))
  const found = await explained(edited)
  expect(found).toMatchObject({ code: 1, verdict: 'violated', explained: 11 })
  expect(found.possible).toEqual(['{"outputs":{"delivered":"a"}}'])
  expect(found.stderr).toMatch(/line 12 cannot be explained: r2 {"outputs":{"delivered":"b"}}/)
})

test('what was logged too early, or twice, is refused', async () => {
  const [send, echo, ...rest] = RUN
  expect(await explained([echo, send, ...rest])).toMatchObject({ code: 1, explained: 0 })
  expect(await explained([...RUN, RUN.at(-1)!])).toMatchObject({ code: 1, explained: RUN.length })
})

test('what is no log, or not there, is a mistake', async () => {
  expect(await explained([{ at: 7, says: {} }])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/line 1 is no line of a log/),
  })
  const missing = await turncoat(emptyFolder(), ['conform', 'bracha', '--log', 'no.log'])
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/no\.log cannot be read/) })
  expect(await turncoat(emptyFolder(), ['conform', 'bracha'])).toMatchObject({ code: 2 })
})
