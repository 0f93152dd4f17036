import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as turncoat from '../../src/index.ts'
import type { SourceFile } from '../tidy.ts'
import { apiPage } from './api.ts'

const root = join(import.meta.dirname, '../..')
const PAGE = join(root, 'docs/api.md')

const read = (folder: string): SourceFile[] =>
  readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: path.slice(root.length + 1), text: readFileSync(path, 'utf8') }))

const made = apiPage([...read('src'), ...read('properties')])

test('the page says what the types say; TURNCOAT_REWRITE_GOLDEN=1 writes it', () => {
  const page = readFileSync(PAGE, 'utf8')
  const now = page.replace(/<!-- api -->[\s\S]*<!-- \/api -->/, () => `<!-- api -->\n\n${made}\n\n<!-- /api -->`)
  if (process.env['TURNCOAT_REWRITE_GOLDEN'] === '1') writeFileSync(PAGE, now)
  else expect(page).toBe(now)
})

test('every value that can be imported is on the page, and everything there is explained', () => {
  for (const name of Object.keys(turncoat)) expect(made).toMatch(new RegExp(`^(?:### |\\| )\`${name}\``, 'm'))
  const unexplained = [...made.matchAll(/^(?:### `(\w+)`\n\n```|\| `(\w+)` \| \w* \|\s*\|)/gm)].map(
    ([, a, b]) => a ?? b,
  )
  expect(unexplained).toEqual([])
})
