/** `examples/in-the-wild`: bugs of running systems as small protocols. As reported they break, and repaired they hold. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { turncoat } from '../cli/world.ts'
import { LONG } from '../tiers.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'examples/in-the-wild')

/** Each file with its variant that is the program as it was reported, and how many steps the shortest violation has. */
const BUGS = [
  { name: 'gap-blind-commit', variant: 'gap-blind', steps: 19 },
  { name: 'unbound-certificate', variant: 'unbound', steps: 11 },
  { name: 'proof-of-any-instance', variant: 'any-instance', steps: 11 },
  { name: 'two-leaders-one-block', variant: 'one-block', steps: 6 },
] as const

const json = async (...argv: string[]) => {
  const { stdout } = await turncoat(ROOT, [...argv, '--json'])
  return JSON.parse(stdout)
}

test('these are all of them, and the page has a row for each', () => {
  const inFolder = (suffix: string, folder = FOLDER) =>
    readdirSync(folder).flatMap((file) => (file.endsWith(suffix) ? [file.slice(0, -suffix.length)] : []))
  const names = BUGS.map(({ name }) => name).sort()
  expect(inFolder('.ts').sort()).toEqual(names)
  expect(inFolder('.json', join(FOLDER, 'traces')).sort()).toEqual(names)
  const page = readFileSync(join(ROOT, 'docs/in-the-wild.md'), 'utf8')
  for (const { name, variant, steps } of BUGS) {
    expect(page).toMatch(new RegExp(`\\| \`${name}/${variant}\` \\| agreement violated in ${steps} steps`))
  }
})

describe.each(BUGS)('$name', ({ name, variant, steps }) => {
  const file = `examples/in-the-wild/${name}.ts`
  const trace = `examples/in-the-wild/traces/${name}.json`

  test('its trace happens again, and tells its story', async () => {
    const replayed = await json('replay', trace, '--subject', `./${file}`)
    expect(replayed).toMatchObject({ reproduced: true, claim: 'agreement', steps })
    const { title, story, protocol, variant: told } = JSON.parse(readFileSync(join(ROOT, trace), 'utf8'))
    expect([protocol, told]).toEqual([name, variant])
    expect(title).not.toContain(' breaks ')
    expect(story.split(/[.!](?:\s|$)/).length).toBeGreaterThan(3)
  })

  test.runIf(LONG)('as reported it breaks, in so many steps and no fewer', async () => {
    const { claims } = await json('check', `./${file}/${variant}`, '--claim', 'agreement')
    expect(claims[0]).toMatchObject({ claim: 'agreement', verdict: 'violated', steps, shortest: 'certified' })
  })

  test.runIf(LONG)('repaired it holds, within the same bounds', async () => {
    const { claims } = await json('check', `./${file}`, '--claim', 'agreement')
    expect(claims[0]).toMatchObject({ claim: 'agreement', verdict: 'holds' })
  })
})
