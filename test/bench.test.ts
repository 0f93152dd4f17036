import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

/**
 * Measurements take minutes, so no test runs them. What they take from the sources is compared with what is there: a
 * file that moves, or a name that changes, would otherwise be noticed by the next person who measures.
 */
const IMPORT = /import \{([^}]*)\} from '\.\.\/dist\/(src\/[^']+)\.js'/g
const LOADED = /const \{([^}]*)\} = await load\(\w+, '([^']+)\.js'/g

const bench = new URL('../bench/', import.meta.url)
const scripts = readdirSync(bench).filter((name) => name.endsWith('.mjs'))

function taken(text: string): [names: string[], path: string][] {
  const listed = (names: string): string[] =>
    names
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean)
  return [
    ...[...text.matchAll(IMPORT)].map(([, names, path]): [string[], string] => [listed(names!), path!]),
    ...[...text.matchAll(LOADED)].map(([, names, path]): [string[], string] => [listed(names!), `src/${path}`]),
  ]
}

describe('measurements', () => {
  const all = scripts.flatMap((script) =>
    taken(readFileSync(new URL(script, bench), 'utf8')).map(([names, path]) => ({ script, names, path })),
  )

  test('are read here', () => {
    expect(all.filter(({ script }) => script === 'fuzz.mjs').length).toBeGreaterThan(10)
    expect(all.filter(({ script }) => script === 'controls.mjs').length).toBeGreaterThan(5)
  })

  test.each(all)('$script finds $names in $path', async ({ names, path }) => {
    const source = new URL(`../${path}.ts`, import.meta.url)
    expect(existsSync(source), `${path}.ts is not there`).toBe(true)
    const module = await import(source.href)
    expect(names.filter((name) => !(name in module))).toEqual([])
  })

  test('start what is there', () => {
    const started = scripts.flatMap((script) =>
      [...readFileSync(new URL(script, bench), 'utf8').matchAll(/'\.\.\/dist\/(src\/[^']+)\.js'/g)].map(
        ([, path]) => path!,
      ),
    )
    expect(started.filter((path) => !existsSync(new URL(`../${path}.ts`, import.meta.url)))).toEqual([])
  })
})
