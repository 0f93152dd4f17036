import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HarnessError } from '../../src/model/index.ts'
import { LONG } from '../tiers.ts'
import { searching, twoStories } from './check-stub.ts'
import { emptyFolder, QUICK, turncoat } from './world.ts'

const FUZZ = ['fuzz', 'bracha/deliver-one', '--claim', 'agreement', ...QUICK, '--out', 'x.json']

/** Two steps break agreement, and one does not. */
const certain = () =>
  searching(({ program, claims }) => ({
    claims: [
      {
        ...{ claim: claims[0]!.name, verdict: 'violated', shortest: 'certified' },
        steps: twoStories(program.setting.byzantine[0]!),
      },
    ],
  }))

const shortest = (folder: string): string => JSON.parse(readFileSync(join(folder, 'x.json'), 'utf8')).shortest

test('fuzz and shrink have lengths certified by the exhaustive search, within a budget', async () => {
  const folder = emptyFolder()
  const engines = { ...certain(), certifies: true }
  const found = await turncoat(folder, FUZZ, engines)
  expect(found).toMatchObject({ code: 1, stderr: '' })
  expect(found.stdout).toContain('shortest: certified\n')
  expect(shortest(folder)).toBe('certified')
  expect((await turncoat(folder, ['shrink', 'x.json'], engines)).stdout).toContain('shortest: certified\n')
  expect((await turncoat(folder, ['shrink', 'x.json', '--max-states', '70'], engines)).code).toBe(0)
  const other = await turncoat(emptyFolder(), [...FUZZ, '--max-states', '80'], engines)
  expect(other.stdout).toContain('--max-states 80')
  expect(engines.requests.map(({ maxStates }) => maxStates)).toEqual([200_000, 200_000, 70, 80])
  expect(engines.requests.map(({ claims }) => claims.map(({ name }) => name))).toEqual(Array(4).fill(['agreement']))
})

test('the engines that there are certify what they find', async () => {
  for (const subject of LONG ? ['pbft/commit-2f', 'bracha/over-bound'] : ['bracha/over-bound']) {
    const ran = await turncoat(emptyFolder(), ['fuzz', subject, '--claim', 'agreement', '--runs', '300'])
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('shortest: certified\n')
  }
})

test('where the search of everything stops, the trace says so and replays', async () => {
  const folder = emptyFolder()
  const open = searching(({ claims }) => ({
    claims: [{ claim: claims[0]!.name, verdict: 'inconclusive', why: 'more than 200,000 states' }],
  }))
  const ran = await turncoat(folder, FUZZ, { ...open, certifies: true })
  const said = 'certified in its own vocabulary; more than 200,000 states'
  expect(ran.stdout).toContain(`shortest: ${said}\n`)
  expect(shortest(folder)).toBe(said)
  expect((await turncoat(folder, ['replay', 'x.json'])).code).toBe(0)
})

test('where the engines do not certify, nothing is asked', async () => {
  const folder = emptyFolder()
  const engines = { ...certain(), certifies: false }
  expect((await turncoat(folder, FUZZ, engines)).code).toBe(1)
  expect((await turncoat(folder, ['shrink', 'x.json'], engines)).code).toBe(0)
  expect(engines.requests).toEqual([])
  expect(shortest(folder)).toBe('certified in its own vocabulary')
})

test('a contradiction inside the search ends fuzz and shrink with 3', async () => {
  const folder = emptyFolder()
  expect((await turncoat(folder, FUZZ)).code).toBe(1)
  const broken = searching(() => {
    throw new HarnessError('two engines disagree')
  })
  for (const argv of [FUZZ, ['shrink', 'x.json']]) {
    const ran = await turncoat(folder, argv, { ...broken, certifies: true })
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('two engines disagree') })
  }
})
