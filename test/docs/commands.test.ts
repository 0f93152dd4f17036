import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unreachable as unreachableHere } from '../../properties/asyncio-pbft.ts'
import { unreachable as unreachableThere } from '../../properties/go-pbft.ts'
import type { Engines } from '../../src/cli/workers/engines.ts'
import { registry } from '../../src/protocols/index.ts'
import { searching } from '../cli/check-stub.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { LONG } from '../tiers.ts'
import { type Block, blocksOf, commandsOf, pages, ROOT, read } from './blocks.ts'

const blocks = pages().flatMap(blocksOf)
const ofKind = (info: string): Block[] => blocks.filter((block) => block.info === info)

/** Pages whose commands take long: the long tier has them, the short tier has all others. */
const SLOW = /^docs\/(course|exploring|in-the-wild|sweeping|your-own-program|studies\/)/
const inThisTier = ({ page }: Block): boolean => SLOW.test(page) === LONG

/** Exit codes of a command that understood what it was asked. */
const UNDERSTOOD = [0, 1, 4]

/** Finds nothing, at once: what is looked at is how the command line was read. */
const idle: Engines = {
  ...searching(),
  runCampaign: async ({ claims, seed }) => ({
    ...{ seed, runs: 1, steps: 1, decided: 1, cut: 0, unfinished: 0, neverFired: [] },
    claims: claims.map((claim) => ({ claim, verdict: 'not-found' as const })),
  }),
  lookAtAll: async (tasks, _, onLooked) => {
    for (const { point, pass } of tasks) {
      await onLooked({ record: { ...point, pass, cells: [], metrics: [] }, traces: [] })
    }
  },
}

test('the pages have commands to check', () => {
  expect(ofKind('sh run').length).toBeGreaterThan(3)
  expect(ofKind('sh parse').length).toBeGreaterThan(3)
})

test('every `turncoat` line stands in a block that is checked', () => {
  const unchecked = blocks.filter(({ info }) => !['sh run', 'sh parse', 'sh queue'].includes(info))
  expect(unchecked.flatMap((block) => commandsOf(block).map((argv) => `${block.page}: ${argv.join(' ')}`))).toEqual([])
})

test.each(
  ofKind('sh parse')
    .filter(inThisTier)
    .flatMap((block) => commandsOf(block).map((argv) => ({ page: block.page, line: argv.join(' '), argv }))),
)('$page: turncoat $line is understood', async ({ argv }) => {
  // The page tells its reader to save the example under this name.
  const own = argv.map((part) => part.replace(/^\.\/my\.ts/, './examples/echo-broadcast.ts'))
  // A sweep writes its journal and its pictures, whatever it finds.
  const ran = await turncoat(argv[0] === 'sweep' ? emptyFolder() : ROOT, own, idle)
  expect(ran.stderr).toBe('')
  expect(UNDERSTOOD).toContain(ran.code)
})

/** Nothing listens there: a command that gets as far as to say so was understood. */
const NOWHERE = 'redis://127.0.0.1:1'

test.each(
  ofKind('sh queue').flatMap((block) =>
    commandsOf(block).map((argv) => ({ page: block.page, line: argv.join(' '), argv })),
  ),
)('$page: turncoat $line asks for its queue', async ({ argv }) => {
  const folder = emptyFolder()
  // A campaign is gone on with where there is one.
  const [, , out] = argv.includes('resume') ? argv.slice(-3) : []
  if (out) await turncoat(folder, ['campaign', 'run', 'two-phase-commit', '--runs', '1', '--out', out])
  const ran = await turncoat(folder, [...argv, '--redis', NOWHERE], idle)
  expect(ran.stderr).toContain(`there is no Redis at ${NOWHERE}`)
})

/** Commands inside tables: `turncoat …` between backquotes, complete with a subject. */
const inTables = read('docs/defects.md').matchAll(/`turncoat ([^`]+)`/g)

test.skipIf(!LONG).each([...inTables].map(([, line]) => line!))(
  'docs/defects.md: turncoat %s is understood',
  async (line) => {
    const ran = await turncoat(ROOT, line.split(' '), idle)
    expect(ran.stderr).toBe('')
    expect(UNDERSTOOD).toContain(ran.code)
  },
)

test('docs/defects.md names every class of defect that the properties name', () => {
  const found = registry.flatMap(({ properties }) => properties.expected.map(({ defect }) => defect))
  const known = [...found, ...[...unreachableThere, ...unreachableHere].map(({ defect }) => defect)]
  const published = known.filter((defect) => /^(asyncio|go)-pbft\//.test(defect ?? ''))
  const page = read('docs/defects.md')
  expect(published.length).toBeGreaterThan(0)
  expect(published.filter((defect) => !page.includes(`\`${defect!.replace(/^.*\//, '')}\``))).toEqual([])
})

/** The block of output that belongs to a block of commands, if the page shows any. */
function outputOf({ page, last }: Block): Block | undefined {
  return blocks.find(({ info, first, ...block }) => info === 'text output' && block.page === page && first === last + 2)
}

test('each output belongs to commands', () => {
  const owned = ofKind('sh run').map(outputOf)
  expect(ofKind('text output').filter((block) => !owned.includes(block))).toEqual([])
})

/** `TURNCOAT_REWRITE_GOLDEN=1` accepts the output that there is now; read the page again afterwards. */
function accept({ page, first, last }: Block, lines: readonly string[]): void {
  const before = read(page).split('\n')
  writeFileSync(join(ROOT, page), [...before.slice(0, first + 1), ...lines, ...before.slice(last)].join('\n'))
}

test.each(
  ofKind('sh run')
    .filter(inThisTier)
    .map((block) => ({ page: block.page, line: block.first + 1, block })),
)('$page, line $line: the commands run', async ({ block }) => {
  const folder = emptyFolder()
  let stdout = ''
  for (const argv of commandsOf(block)) {
    const ran = await turncoat(folder, argv)
    expect(ran.stderr).toBe('')
    expect(UNDERSTOOD, `turncoat ${argv.join(' ')}`).toContain(ran.code)
    stdout = ran.stdout
  }
  const shown = outputOf(block)
  if (!shown) return
  const lines = stdout.trimEnd().split('\n')
  if (process.env['TURNCOAT_REWRITE_GOLDEN'] === '1') accept(shown, lines)
  else expect(shown.lines, 'if the new output is right, run again with TURNCOAT_REWRITE_GOLDEN=1').toEqual(lines)
})

/** Rows of states and transitions: `turncoat check …` between backquotes, then the two numbers. */
const counted = read('docs/how-check-works.md').match(/^\| `turncoat check .*$/gm) ?? []
const counts = counted.map((row) => row.match(/^\| `turncoat (check [^`]+)` +\| +([\d,]+) \| +([\d,]+) \|/))

test.each(
  counts.map((row) => ({ line: row?.[1] ?? '', states: row?.[2] ?? '', transitions: row?.[3] ?? '' })),
)('docs/how-check-works.md: turncoat $line has $states states', async ({ line, states, transitions }) => {
  const ran = await turncoat(emptyFolder(), [...line.split(' '), '--json'])
  expect(UNDERSTOOD).toContain(ran.code)
  const shown = { states: Number(states.replaceAll(',', '')), transitions: Number(transitions.replaceAll(',', '')) }
  expect(JSON.parse(ran.stdout)).toMatchObject(shown)
})

test('every row of counts can be read', () => {
  expect(counts.length).toBeGreaterThan(5)
  expect(counts).not.toContain(null)
})

test.each(pages())('%s: links lead somewhere', (page) => {
  const folder = join(ROOT, page, '..')
  const targets = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target!)
  for (const target of targets.filter((target) => !/^https?:/.test(target))) {
    expect(() => readFileSync(join(folder, target)), `${page} links to ${target}`).not.toThrow()
  }
})
