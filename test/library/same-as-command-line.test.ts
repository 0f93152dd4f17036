/** What a function of the library says is what the command line says, with the traces in place of their files. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { check, encode, fuzz, sweep } from '../../src/index.ts'
import { checkJson } from '../../src/report/text/check-report.ts'
import { fuzzJson } from '../../src/report/text/fuzz-report.ts'
import type { Trace } from '../../src/trace/index.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { LONG } from '../tiers.ts'

/** Without what depends on the clock, and without the files. */
function timeless(report: any): unknown {
  const claims = report.claims.map(({ trace: _, ...claim }: any) => claim)
  return JSON.parse(JSON.stringify({ ...report, claims, seconds: 0 }))
}

/** The traces that a command saved, by claim, as they are in the files. */
function tracesIn(folder: string, claims: readonly any[]): Record<string, string> {
  const saved = claims.filter(({ trace }) => trace !== undefined)
  return Object.fromEntries(saved.map(({ claim, trace }) => [claim, readFileSync(join(folder, trace), 'utf8')]))
}

function tracesOf(claims: readonly { readonly claim: string; readonly trace?: Trace }[]): Record<string, string> {
  return Object.fromEntries(claims.flatMap(({ claim, trace }) => (trace ? [[claim, encode(trace)]] : [])))
}

const quick = ([subject]: readonly [string, ...unknown[]]): boolean => LONG || subject === 'two-phase-commit'

const checks: [string, readonly string[], object][] = [
  ['bracha/deliver-one', ['--b', '1', '--claim', 'all'], { b: 1, claim: 'all' }],
  ['bracha', ['--byzantine', '0', '--max-states', '3'], { byzantine: [0], maxStates: 3 }],
  [
    'bracha',
    ['--n', '3', '--f', '1', '--byzantine', 'none', '--no-reduction'],
    { n: 3, f: 1, byzantine: [], reduction: false },
  ],
  [
    'two-phase-commit',
    ['--crash', 'r0', '--inputs', 'any', '--network', 'lose,duplicate', '--without', 'lazy,symmetry'],
    { crash: [0], inputs: 'any', network: ['lose', 'duplicate'], without: ['lazy', 'symmetry'] },
  ],
]

test.each(checks.filter(quick))('check %s %j', async (subject, argv, options) => {
  const folder = emptyFolder()
  const { stdout } = await turncoat(folder, ['check', subject, ...argv, '--json'])
  const printed = JSON.parse(stdout)
  const found = await check(subject, options)
  expect(timeless(checkJson(found as never))).toEqual(timeless(printed))
  expect(tracesOf(found.claims)).toEqual(tracesIn(folder, printed.claims))
})

const fuzzes: [string, readonly string[], object][] = [
  ['two-phase-commit', ['--runs', '50'], { runs: 50 }],
  [
    'bracha/echo-two',
    ['--runs', '300', '--seed', '7', '--strategy', 'forge,echo', '--scheduler', 'pos', '--claim', 'agreement'],
    { runs: 300, seed: 7, strategy: ['forge', 'echo'], scheduler: 'pos', claim: 'agreement' },
  ],
]

test.each(fuzzes.filter(quick))('fuzz %s %j', async (subject, argv, options) => {
  const folder = emptyFolder()
  const { stdout } = await turncoat(folder, ['fuzz', subject, ...argv, '--json'])
  const printed = JSON.parse(stdout)
  const found = await fuzz(subject, options)
  expect(found.stoppedBy).toBeNull()
  expect(timeless(fuzzJson(found as never))).toEqual(timeless(printed))
  expect(tracesOf(found.claims)).toEqual(tracesIn(folder, printed.claims))
})

test.runIf(LONG)('sweep', async () => {
  const folder = emptyFolder()
  const argv = ['--n', '4', '--b', '1..2', '--runs', '5', '--trials', '1', '--without-pictures', '--json']
  const printed = JSON.parse((await turncoat(folder, ['sweep', 'bracha', ...argv])).stdout)
  const found = await sweep('bracha', { n: 4, b: '1..2', runs: 5, trials: 1 })
  const plain = (cells: readonly any[]) => JSON.parse(JSON.stringify(cells.map(({ trace: _, ...cell }) => cell)))
  const { cells: shown } = printed
  expect(found.cells).toHaveLength(shown.length)
  for (const [i, cell] of plain(found.cells).entries()) expect(cell).toMatchObject(pick(plain(shown)[i], cell))
  const [broken] = found.cells.filter(({ verdict }) => verdict === 'violated')
  const { trace } = shown.find(({ verdict }: any) => verdict === 'violated')
  expect(encode(broken!.trace!)).toBe(readFileSync(join(folder, trace), 'utf8'))
})

/** The fields that both have. */
function pick(one: object, other: object): object {
  return Object.fromEntries(Object.entries(one).filter(([key]) => Object.hasOwn(other, key)))
}
