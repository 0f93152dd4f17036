import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from './world.ts'

const EXAMPLE = resolve(import.meta.dirname, '../../examples/own-adversary.ts')
const OWN = ['--strategy', 'two-faces', '--scheduler', 'in-turn', '--byzantine', '0', '--workers', '1']
const folder = emptyFolder()

test('a strategy and a scheduler of a file find what they are made for, and nothing where there is nothing', async () => {
  const asked = ['--claim', 'agreement', ...OWN, '--json']
  const broken = await turncoat(folder, ['fuzz', `${EXAMPLE}/f-plus-1`, ...asked, '--out', 'one.json'])
  expect(JSON.parse(broken.stdout).claims[0]).toMatchObject({
    ...{ claim: 'agreement', verdict: 'violated', strategy: 'two-faces', scheduler: 'in-turn' },
    shortest: expect.stringMatching(/^certified/),
  })
  // A trace holds the steps, whoever thought of them.
  const replayed = await turncoat(folder, ['replay', 'one.json', '--subject', resolve(EXAMPLE, '../echo-broadcast.ts')])
  expect(replayed).toMatchObject({ code: 0, stderr: '' })
  const sound = await turncoat(folder, ['fuzz', EXAMPLE, ...asked, '--runs', '50'])
  expect(JSON.parse(sound.stdout).claims[0]).toMatchObject({ verdict: 'not-found' })
})

test('a search that names none draws from them, too, and they are listed with their protocol', async () => {
  const { stdout } = await turncoat(folder, ['list', EXAMPLE, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ strategies: [{ name: 'two-faces' }], schedulers: [{ name: 'in-turn' }] })
  const odd = await turncoat(folder, ['fuzz', EXAMPLE, '--strategy', 'two-face'])
  expect(odd.stderr).toContain('two-faces')
  const elsewhere = await turncoat(folder, ['fuzz', 'bracha', '--strategy', 'two-faces'])
  expect(elsewhere.stderr).toContain('there is no strategy called two-faces')
})

const strategy = (fields: string): string =>
  `export const strategies = [{ name: 'mine', about: '', plans: () => 1, behave: () => ({}), ${fields} }]`
const scheduler = (fields: string): string => `export const schedulers = [{ name: 'mine', about: '', ${fields} }]`

test.each([
  ['a name that there is', strategy("name: 'echo'"), /there is a strategy called echo already/],
  ['no list', 'export const strategies = {}', /strategies is \{\}; give a list/],
  ['a field too many', strategy('behaves: 1'), /there is no field called behaves/],
  ['no number of plans', strategy('plans: () => 0.5'), /the plans of the strategy mine is 0.5/],
  ['nothing', strategy('behave: () => undefined'), /what the strategy mine does is undefined/],
  [
    'words of a correct replica',
    strategy("behave: () => ({ opening: [{ from: 1, to: [2], message: { type: 'ECHO', value: 'a' } }] })"),
    /says .*ECHO.* as r1, for whom the coalition does not speak/,
  ],
  [
    'words to a Byzantine replica',
    strategy("behave: () => ({ opening: [{ from: 0, to: [0], message: { type: 'ECHO', value: 'a' } }] })"),
    /to 0, who does not run the protocol/,
  ],
  ['no message', strategy('behave: () => ({ opening: [{ from: 0, to: [1] }] })'), /each of it is an offer/],
  [
    'a twin of somebody else',
    strategy('behave: () => ({ strategyTwins: [{ member: 1, side: [2], inputs: [] }] })'),
    /has a twin of r1/,
  ],
  ['a scheduler that begins with nothing', scheduler('begin: () => 1'), /begins with is 1/],
  [
    'a step of its own',
    scheduler('begin: () => () => ({})'),
    /the scheduler mine chooses something that is not a step/,
  ],
])('%s: a mistake that is told', async (name, more, message) => {
  // Each has a file of its own: a process loads a file once.
  const file = join(folder, `mine-${name.replaceAll(' ', '-')}.ts`)
  writeFileSync(file, `export * from '${resolve(EXAMPLE, '../echo-broadcast.ts')}'\n${more}\n`)
  const only = more.includes('strategies = [') && !more.includes("'echo'") ? ['--strategy', 'mine'] : []
  const kind = more.includes('schedulers') ? ['--scheduler', 'mine'] : only
  const ran = await turncoat(folder, ['fuzz', file, ...kind, '--byzantine', '0', '--runs', '3', '--workers', '1'])
  expect(ran.stderr.replace(/\s+/g, ' ')).toMatch(message)
  expect(ran.code).toBe(2)
})
