import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Described, described, folderTable, undescribed } from '../architecture.ts'
import { FOLDERS, type SourceFile } from '../tidy.ts'

const root = join(import.meta.dirname, '../..')
const PAGE = join(root, 'docs/architecture.md')

const read = (folder: string): SourceFile[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, 'utf8') }))

const files = [...read('src'), ...read('properties')]
const readmeOf = (folder: string): string =>
  readFileSync(join(root, folder === 'properties' ? '' : 'src', folder, 'README.md'), 'utf8')
const folders: ReadonlyMap<string, Described> = new Map(FOLDERS.map((folder) => [folder, described(readmeOf(folder))]))

test('every folder says what it is for', () => {
  expect(undescribed(files, folders)).toEqual([])
  const more = [...files, { path: 'src/check/new/a.ts', text: '' }]
  expect(undescribed(more, folders)).toEqual(['the README.md of check says nothing of new/'])
})

test('the page shows the folders as they are; TURNCOAT_REWRITE_GOLDEN=1 writes it', () => {
  const page = readFileSync(PAGE, 'utf8')
  const now = page.replace(
    /<!-- folders -->[\s\S]*<!-- \/folders -->/,
    () => `<!-- folders -->\n\n${folderTable(files, folders)}\n\n<!-- /folders -->`,
  )
  if (process.env['TURNCOAT_REWRITE_GOLDEN'] === '1') writeFileSync(PAGE, now)
  else expect(page).toBe(now)
})

test('every file that the page names is there', () => {
  const named = [...readFileSync(PAGE, 'utf8').matchAll(/`((?:src|properties)\/[\w./-]+\.ts)`/g)].map(
    ([, path]) => path!,
  )
  expect(named.length).toBeGreaterThan(30)
  expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
})
