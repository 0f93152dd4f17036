import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { run } from '../../src/cli/run.ts'
import { emptyFolder, turncoat } from './world.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const TRACE = 'traces/pbft-commit-2f.json'
const show = (...flags: string[]) => turncoat(ROOT, ['show', TRACE, ...flags])

/** The same where the standard output is a terminal of so many columns. */
async function inTerminal(columns: number, argv: readonly string[]): Promise<string> {
  let stdout = ''
  const io = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: () => {},
    ...{ cwd: ROOT, isTTY: true, columns, now: () => 0, environment: { NO_COLOR: '1' } },
  }
  await run(argv, io)
  return stdout
}

describe('show FILE --format', () => {
  const begins: [string, RegExp][] = [
    ['mermaid', /^sequenceDiagram\n/],
    ['svg', /^<svg xmlns/],
    ['itf', /^\{\n {2}"#meta": \{\n {4}"format": "ITF"/],
    ['shiviz', /^sends PRE_PREPARE\(v0, s1, b\) to r2\nr0 \{"r0":1\}\n/],
    ['json', /^\{\n {2}"title": "A COMMIT quorum/],
    ['text', /^A COMMIT quorum/],
  ]

  test.each(begins)('%s', async (format, beginning) => {
    const ran = await show('--format', format)
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(beginning)
    expect(await show('--format', format)).toEqual(ran)
  })

  test.skipIf(!existsSync(join(ROOT, 'dist/web/viewer.js')))('html', async () => {
    const ran = await show('--format', 'html')
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^<!doctype html>/)
    // Why it breaks is part of the page.
    expect(ran.stdout).toContain('Quorum intersection')
  })

  test('json has steps, not sentences', async () => {
    const { events, envelopes } = JSON.parse((await show('--format', 'json')).stdout)
    expect(events[3].fires[0].quorums[0]).toMatchObject({ kind: 'need', q: 2, senders: [3, 0] })
    expect(envelopes[events[3].trigger]).toMatchObject({
      from: 0,
      origin: 'byzantine',
      message: { type: 'COMMIT', digest: 'b' },
    })
  })

  test('into a file', async () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, 'a.json'), readFileSync(join(ROOT, TRACE)))
    const ran = await turncoat(folder, ['show', 'a.json', '--format', 'svg', '--out', 'pictures/a.svg'])
    expect(ran).toMatchObject({ code: 0, stdout: 'saved: pictures/a.svg\n' })
    expect(readFileSync(join(folder, 'pictures/a.svg'), 'utf8')).toBe((await show('--format', 'svg')).stdout)
  })

  test('without what is not wanted', async () => {
    expect((await show('--only', 'r0,r1', '--format', 'mermaid')).stdout).not.toContain('r2')
    expect((await show('--hide', 'COMMIT', '--format', 'mermaid')).stdout).not.toContain('COMMIT(')
    const { stdout } = await show('--only', 'r1')
    expect(stdout.match(/^ *\d+ [ !]/gm)!.map((line) => Number(line.slice(0, 2)))).toEqual([5, 7, 8, 11, 12])
  })
})

test('lanes stand beside the words where the terminal is wide enough', async () => {
  expect(await inTerminal(120, ['show', TRACE])).toContain(' 4 !  !╌╌╌╌╌┼╌╌╌╌╌┼╌╌╌╌▶◆    COMMIT(v0, s1, b) from r0!')
  expect(await inTerminal(80, ['show', TRACE])).toBe((await show()).stdout)
})

describe('explain FILE', () => {
  test('says why', async () => {
    const ran = await turncoat(ROOT, ['explain', TRACE])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toContain('{r0, r3} of r3 and {r0, r1} of r1 share only r0 (Byzantine), and no correct replica.')
    expect(ran.stdout).toContain('The same schedule on pbft')
  })

  test('as facts', async () => {
    const found = JSON.parse((await turncoat(ROOT, ['explain', TRACE, '--json'])).stdout)
    expect(found).toMatchObject({
      ...{ command: 'explain', trace: TRACE, claim: 'agreement', isPromised: true, needless: [] },
      intersections: [{ common: [0], correct: [], guaranteed: 0 }],
      convictions: [{ of: 0, crime: 'amnesia' }],
    })
    expect(found.sentences[0].title).toBe('What happened')
  })

  test('not of what does not replay', async () => {
    const folder = emptyFolder()
    const text = readFileSync(join(ROOT, TRACE), 'utf8')
    writeFileSync(join(folder, 'a.json'), text.replace('"digest":"2aecf9bb2afeda17"', '"digest":"0000000000000000"'))
    const ran = await turncoat(folder, ['explain', 'a.json'])
    expect(ran).toMatchObject({ code: 2, stdout: '' })
    expect(ran.stderr).toContain('a.json does not replay, so there is nothing to explain: it diverges at step 1')
    expect(ran.stderr).toContain('turncoat replay a.json')
  })
})

describe('mistakes name place and remedy', () => {
  const mistakes: [string[], string][] = [
    [['show', TRACE, '--only', 'r7'], 'there is no participant r7 in this run'],
    [['show', TRACE, '--hide', 'COMIT'], 'no message of type COMIT is in this run'],
    [['show', TRACE, '--format', 'png'], 'text, mermaid, svg, html, itf, shiviz, json'],
    [['show', TRACE, '--format', 'svg', '--json'], '--json and --format ask for two different things'],
    [['show', 'bracha', '--format', 'svg'], '--format is about a trace'],
    [['show', 'bracha', '--only', 'r1'], '--only is about a trace'],
    [['show', TRACE, '--universe'], '--universe is about a protocol'],
    [['explain', 'nowhere.json'], 'there is no file nowhere.json'],
    [['explain'], "missing required argument 'file'"],
  ]

  test.each(mistakes)('%j', async (argv, message) => {
    const ran = await turncoat(ROOT, argv)
    expect(ran.code).toBe(2)
    expect(ran.stdout === '' || argv.includes('--json')).toBe(true)
    expect(ran.stderr.replace(/\s+/g, ' ')).toContain(message)
  })
})
