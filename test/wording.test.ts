import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pages, ROOT, read } from './docs/blocks.ts'
import type { SourceFile } from './tidy.ts'
import { exportedTwice, retiredIn, retiredInCode, retiredOnPage } from './wording.ts'

const sources = (folder: string): SourceFile[] =>
  readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(ROOT.length + 1), text: readFileSync(path, 'utf8') }))

const code = [...sources('src'), ...sources('properties')]

test.each(pages())('%s speaks in the words of the field', (page) => {
  expect(retiredOnPage(page, read(page))).toEqual([])
})

test('so do the stories of the traces', () => {
  const files = readdirSync(join(ROOT, 'traces')).filter((name) => name.endsWith('.json'))
  const told = files.flatMap((name) => {
    const { title, story = '' } = JSON.parse(read(`traces/${name}`)) as { title: string; story?: string }
    return retiredIn(name, `${title}\n${story}`)
  })
  expect(told).toEqual([])
})

test('and the rule can tell', () => {
  expect(retiredIn('a', 'a liar parted')).toHaveLength(2)
  expect(retiredIn('a', 'what is between them, and `lies`')).toEqual([])
  expect(retiredOnPage('a', 'what was said and puts something out')).toHaveLength(2)
  expect(retiredInCode({ path: 'a', text: 'const isLiar = 1' })).toHaveLength(1)
  expect(retiredInCode({ path: 'a', text: 'const bearing = 1 /** A replica. */' })).toEqual([])
})

test('a name that is exported means one thing', () => {
  const shared = code.filter(({ path }) => !/^(?:src\/protocols|properties)\//.test(path))
  expect(exportedTwice(shared)).toEqual([])
  expect(exportedTwice([...shared, { path: 'x.ts', text: 'export const FORMAT = 3' }])).toEqual(
    expect.arrayContaining([expect.stringMatching(/^FORMAT is exported by .* and x\.ts$/)]),
  )
})

test('code speaks in the words of the field', () => {
  expect(code.flatMap(retiredInCode)).toEqual([])
})

test.each(
  pages().filter((page) => /^docs\/(?:studies\/)?[^/]+$|^README|decisions\/README/.test(page)),
)('%s links to the glossary', (page) => {
  if (page.endsWith('glossary.md')) return
  expect(read(page)).toMatch(/\((?:docs\/|\.\.\/)?glossary\.md\)/)
})
