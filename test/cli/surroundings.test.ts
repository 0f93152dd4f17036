import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { surroundingsOf } from '../../src/cli/flags/surroundings.ts'
import { LONG } from '../tiers.ts'
import { emptyFolder, turncoat } from './world.ts'

/** One Byzantine replica of four, which is all that f = 1 allows. */
const SMALL = ['--n', '4', '--b', '1', '--claim', 'agreement', '--workers', '1']
const QUICK = [...SMALL, '--runs', '4', '--boundary', '0', '--trials', '0', '--without-pictures']
const KINDS = ['--auth', 'signatures,channels,none']

const journalIn = (folder: string): string => readFileSync(join(folder, 'out/sweep/cells.jsonl'), 'utf8')

describe('labels', () => {
  const [all, none] = [true, false].map((is) => ({ duplicate: is, lose: is, fifo: is, gossip: is }))

  test('one kind of surroundings has none', () => {
    expect(surroundingsOf({})).toEqual([{ label: '', configuration: {} }])
    expect(surroundingsOf({ auth: ['none'], network: [all!] })).toEqual([
      { label: '', configuration: { auth: 'none', network: all } },
    ])
  })

  test('several have the flags that tell them apart, and no others', () => {
    const labels = (flags: Parameters<typeof surroundingsOf>[0]) => surroundingsOf(flags).map(({ label }) => label)
    expect(labels({ auth: ['none', 'channels'], network: [all!] })).toEqual(['--auth none', '--auth channels'])
    expect(labels({ auth: ['channels', 'none'], network: [none!, { ...none!, lose: true }] })).toEqual([
      '--auth channels --network none',
      '--auth channels --network lose',
      '--auth none --network none',
      '--auth none --network lose',
    ])
  })
})

describe('several kinds of authentication in one grid', () => {
  test.each([
    ['bracha', []],
    ['pbft', ['--views', '1']],
  ])('where anybody speaks for anybody, one Byzantine replica breaks %s, and nowhere else', async (subject, bounds) => {
    const folder = emptyFolder()
    const ran = await turncoat(folder, ['sweep', subject, ...bounds, ...QUICK, ...KINDS, '--json'])
    expect(ran.code).toBe(1)
    const { cells, grid, reproduce } = JSON.parse(ran.stdout)
    expect(cells.map((cell: Record<string, unknown>) => `${cell['subject']}: ${cell['verdict']}`)).toEqual([
      `${subject} --auth signatures: proved`,
      `${subject} --auth channels: proved`,
      `${subject} --auth none: violated`,
    ])
    expect(grid.subjects.map((one: { asked: string }) => one.asked)).toEqual([subject, subject, subject])
    expect(reproduce).toContain(' --auth signatures,channels,none ')
    const { trace } = cells[2]
    const { setting, origin } = JSON.parse(readFileSync(join(folder, trace), 'utf8'))
    expect(setting.auth).toBe('none')
    // The label is no name: whoever repeats it names the subject, and says the flag.
    expect(origin.command).toMatch(new RegExp(`^turncoat check ${subject} --n 4 .* --auth none `))
    expect((await turncoat(folder, ['replay', trace])).code).toBe(0)
  })

  test('one of them alone finds the same, under the plain name', async () => {
    const cellIn = async (...argv: string[]) => {
      const { stdout } = await turncoat(emptyFolder(), ['sweep', 'bracha', ...QUICK, ...argv, '--json'])
      const { cells, grid } = JSON.parse(stdout)
      return { cell: cells.at(-1), subject: grid.subjects.at(-1) }
    }
    const [several, alone] = [await cellIn('--auth', 'channels,none'), await cellIn('--auth', 'none')]
    expect(alone.subject).not.toHaveProperty('asked')
    expect(alone.cell.trace).toBe('out/sweep/traces/bracha-agreement-n4-f1-b1.json')
    expect({ ...several.cell, subject: 'bracha', trace: alone.cell.trace }).toEqual(alone.cell)
  })

  test.runIf(LONG)('a sweep that was killed goes on in the surroundings where it was', async () => {
    const argv = ['sweep', 'bracha', ...QUICK, ...KINDS, '--network', 'none', '--network', 'duplicate,lose']
    const [whole, killed] = [emptyFolder(), emptyFolder()]
    const once = await turncoat(whole, argv)
    expect(once.stdout).toMatch(/6 points, /)
    const journal = journalIn(whole)
    await turncoat(killed, argv)
    const [heading, ...lines] = journal.trimEnd().split('\n')
    writeFileSync(join(killed, 'out/sweep/cells.jsonl'), `${[heading, lines[4], lines[1], lines[2]].join('\n')}\n{"su`)
    const again = await turncoat(killed, argv)
    expect(again.stdout).toContain('6 points, 3 of them from before')
    expect(journalIn(killed)).toBe(journal)
    expect(again.files).toEqual(once.files)
    const other = await turncoat(killed, argv.slice(0, -2))
    expect(other).toMatchObject({ code: 2, stdout: '' })
    expect(other.stderr).toContain('journal of another sweep: subjects was')
  })
})

test('every kind has its own table, pictures and part of the page', async () => {
  const folder = emptyFolder()
  const cheap = ['--runs', '2', '--trials', '1', '--boundary', '0', '--partition', '0..300:halves:lost']
  const ran = await turncoat(folder, ['sweep', 'bracha', ...SMALL, ...cheap, '--auth', 'channels,none'])
  expect(ran.stderr).toBe('')
  const tables = ran.stdout.split('\n').filter((line) => line.endsWith(': agreement'))
  expect(tables).toEqual(['bracha --auth channels: agreement', 'bracha --auth none: agreement'])
  expect(ran.stdout).toContain('partitioned 0–300 ms, 0..n/2-1 | n/2..n-1, what crosses is lost')
  const phases = ran.files.filter((file) => /phase-.*svg$/.test(file))
  expect(phases).toEqual(['channels', 'none'].map((kind) => `out/sweep/phase-bracha-auth-${kind}.svg`))
  const page = readFileSync(join(folder, 'out/sweep/report.html'), 'utf8')
  const headings = page.match(/<h[12]>.*?<\/h[12]>/g)?.map((line) => line.replaceAll(/<\/?span[^>]*>/g, ''))
  expect(headings).toEqual([
    '<h1>Where bracha stops holding</h1>',
    ...['channels', 'none'].flatMap((kind) =>
      ['', 'Cells of ', 'Simulated executions of '].map((what) => `<h2>${what}bracha --auth ${kind}</h2>`),
    ),
    '<h2>Again</h2>',
  ])
  expect(page).toContain('bracha <span style="white-space: nowrap">--auth</span> none')
  // Only what was asked and what was found is told.
  const phase = readFileSync(join(folder, 'out/sweep/phase-bracha-auth-channels.svg'), 'utf8')
  expect(phase).toContain('>agreement<')
  expect(phase).not.toMatch(/liveness|inconclusive/i)
  expect(page).toContain('“violated”: the trace is saved.')
  expect(page).not.toMatch(/“stuck”/)
  // Two halves of four are no quorum, and what they said to each other is lost.
  const success = readFileSync(join(folder, 'out/sweep/success-bracha-auth-channels.csv'), 'utf8')
  expect(success.split(/\r?\n/)[1]).toMatch(/^n = 4,1,0,/)
})

describe('mistakes', () => {
  test.each([
    [['--auth', 'signature'], /"signature" is not a kind of authentication; did you mean signatures\?/],
    [['--auth', 'channels,nobody'], /"nobody" is not a kind of authentication/],
    [['--auth', ','], /Give at least one name/],
    [['--network', 'none', '--network', 'lossy'], /"lossy" is not something that a network does/],
    [['--partition', '0..500:half'], /option '--partition <WHEN:SIDES>' argument '0..500:half' is invalid/],
    [['--partition', '0..500:0,1:2,4'], /names r4, and where n = 4 there is none; write its sides in terms of n/],
    [['--delay', '0,1/1,0'], /rows for 2 of 4 participants/],
    [['--stabilises', '500:0,1/1,0'], /rows for 2 of 4 participants/],
  ])('%j', async (argv, why) => {
    const ran = await turncoat(emptyFolder(), ['sweep', 'pbft', '--n', '4..7', ...argv])
    expect(ran).toMatchObject({ code: 2, stdout: '', files: [] })
    expect(ran.stderr).toMatch(why)
  })

  test.each(['auth', 'network', 'partition', 'reorder', 'stabilises'])('--published has no --%s', async (flag) => {
    const value = { auth: 'none', network: 'none', partition: '0..1:halves', reorder: '0.1*5', stabilises: '5:5' }[
      flag
    ]!
    const ran = await turncoat(emptyFolder(), ['sweep', 'asyncio-pbft', '--published', `--${flag}`, value])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(`--published leaves no room for --${flag}`)
  })
})
