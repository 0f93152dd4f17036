import { join } from 'node:path'
import { expect, test } from 'vitest'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { LONG } from '../tiers.ts'
import { blocksOf, ROOT, read } from './blocks.ts'

const file = (name: string): string => join(ROOT, 'examples', name)
const SEARCH = ['--runs', '200', '--workers', '1', '--json']

async function verdictOf(name: string, claim: string): Promise<string> {
  const { stdout } = await turncoat(emptyFolder(), ['fuzz', file(name), '--claim', claim, ...SEARCH])
  return JSON.parse(stdout).claims.find((one: { claim: string }) => one.claim === claim)?.verdict
}

test('the example survives a short search', async () => {
  expect(await verdictOf('echo-broadcast.ts', 'agreement')).toBe('not-found')
})

test.runIf(LONG)('its variant with f + 1 echoes breaks agreement', async () => {
  expect(await verdictOf('echo-broadcast.ts/f-plus-1', 'agreement')).toBe('violated')
})

test.runIf(LONG)('flooding tolerates nobody who is Byzantine', async () => {
  expect(await verdictOf('flood.ts', 'agreement')).toBe('violated')
  const silent = await turncoat(emptyFolder(), ['fuzz', file('flood.ts'), '--byzantine', 'none', ...SEARCH])
  expect(JSON.parse(silent.stdout).claims[0]).toMatchObject({ claim: 'agreement', verdict: 'not-found' })
})

test('the page shows a part of the protocol in rounds as it is', () => {
  const shown = blocksOf('docs/write-your-own-protocol.md').find(({ info }) => info === 'ts rounds')
  expect(shown?.lines.length).toBeGreaterThan(20)
  expect(read('examples/flood.ts')).toContain(shown?.lines.join('\n'))
})

test('the page shows the example as it is', () => {
  const shown = blocksOf('docs/write-your-own-protocol.md').find(({ info }) => info === 'ts example')
  expect(shown?.lines.join('\n')).toBe(read('examples/echo-broadcast.ts').trimEnd())
})
