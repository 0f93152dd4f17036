import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'

/** A run of Bracha's broadcast among four, as its replicas would log it. */
const RUN = readFileSync(join(import.meta.dirname, '../../examples/bracha.log'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line))

async function explained(lines: readonly (object | string)[], flags: readonly string[] = []) {
  const folder = emptyFolder()
  writeFileSync(
    join(folder, 'run.log'),
    `${lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')}\n`,
  )
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

test('what was logged under other names is read by a mapping, and lines keep their numbers', async () => {
  const folder = emptyFolder()
  const names: Record<string, string> = { SEND: 'propose', ECHO: 'prevote', READY: 'precommit' }
  const lines = RUN.map(({ at, says, outputs }) =>
    says ? { at, says: { kind: names[says.type], block: says.value } } : { at, outputs: { commit: outputs.delivered } },
  )
  const write = (all: readonly object[]): void => {
    const noise = { at: 1, says: { kind: 'heartbeat' } }
    const text = [noise, ...all].map((line) => JSON.stringify(line)).join('\n\n')
    writeFileSync(join(folder, 'run.log'), text)
  }
  const types = { propose: 'SEND', prevote: 'ECHO', precommit: 'READY' }
  writeFileSync(
    join(folder, 'names.js'),
    `const types = ${JSON.stringify(types)}
export const mapping = {
  message: ({ kind, block }) => (types[kind] ? { type: types[kind], value: block } : undefined),
  output: ({ commit }) => ({ delivered: commit }),
}`,
  )
  const asked = ['conform', 'bracha', '--log', 'run.log', '--mapping', './names.js', '--json']
  write(lines)
  expect((await turncoat(folder, asked)).code).toBe(0)
  write(lines.map((line, i) => (i === 11 ? { at: 2, outputs: { commit: 'b' } } : line)))
  const found = await turncoat(folder, asked)
  // A heartbeat comes first, and every other line is empty.
  expect(JSON.parse(found.stdout)).toMatchObject({ verdict: 'violated', explained: 11, line: 25 })
  expect(found.stderr).toMatch(/line 25 cannot be explained: r2 {"outputs":{"delivered":"b"}}/)
  const alone = await turncoat(folder, ['conform', 'bracha', '--against', 'bracha', '--mapping', './names.js'])
  expect(alone).toMatchObject({ code: 2, stderr: expect.stringMatching(/--mapping goes with --log/) })
})

test('an empty log explains nothing', async () => {
  const ran = await explained([])
  expect(ran).toMatchObject({
    code: 4,
    verdict: 'inconclusive',
    stderr: 'inconclusive: there is nothing in run.log to explain\n',
  })
})

test('what is no log, or not there, is a mistake', async () => {
  expect(await explained([{ at: 7, says: {} }])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/line 1 is not a line of a log/),
  })
  expect(await explained(['{"at":1,"outputs":9007199254740993}'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/line 1 has 9007199254740993, which is read as 9007199254740992/),
  })
  const missing = await turncoat(emptyFolder(), ['conform', 'bracha', '--log', 'no.log'])
  expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/no\.log cannot be read/) })
  expect(await turncoat(emptyFolder(), ['conform', 'bracha'])).toMatchObject({ code: 2 })
})
