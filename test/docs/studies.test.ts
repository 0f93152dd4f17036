import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { studies } from '../../src/studies/index.ts'
import { decode, replay } from '../../src/trace/index.ts'
import { searching } from '../cli/check-stub.ts'
import { emptyFolder, turncoat } from '../cli/world.ts'
import { ROOT, read } from './blocks.ts'

const FOLDER = 'docs/studies'
const pages = readdirSync(join(ROOT, FOLDER)).filter((name) => name.endsWith('.md'))
const names = studies.map(({ name }) => name)

test('every study has its page, and every page is in the list', () => {
  expect(pages).toEqual(expect.arrayContaining(names.map((name) => `${name}.md`)))
  const list = read(`${FOLDER}/README.md`)
  expect(pages.filter((page) => page !== 'README.md' && !list.includes(`(${page})`))).toEqual([])
})

test.each(pages)('%s: every picture and page that it leads to is there', (page) => {
  const path = `${FOLDER}/${page}`
  const links = [...read(path).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link]) => link!)
  expect(links.length).toBeGreaterThan(0)
  expect(links.filter((link) => !existsSync(join(ROOT, dirname(path), link)))).toEqual([])
})

test.each(names)('%s: its page names the command, and shows every picture beside its numbers', (name) => {
  const page = read(`${FOLDER}/${name}.md`)
  expect(page).toContain(`\`turncoat study ${name} --seed 1\``)
  const files = readdirSync(join(ROOT, FOLDER, name))
  const pictures = files.filter((file) => file.endsWith('.svg'))
  expect(pictures.length).toBeGreaterThan(0)
  for (const picture of pictures) {
    expect(page).toContain(`(${name}/${picture})`)
    expect(page).toContain(`(${name}/${picture.replace(/svg$/, 'csv')})`)
    expect(files).toContain(picture.replace(/svg$/, 'csv'))
  }
})

const traces = names.flatMap((name) =>
  readdirSync(join(ROOT, FOLDER, name))
    .filter((file) => file.endsWith('.json'))
    .map((file) => `${FOLDER}/${name}/${file}`),
)

test.each(traces)('%s: replays', async (path) => {
  expect(replay(await decode(read(path))).reproduced).toBe(true)
})

/** Searches of one cell, as the pages give them. */
const commands = names.flatMap((name) =>
  [...read(`${FOLDER}/${name}.md`).matchAll(/`turncoat ((?:check|fuzz) [^`]+)`/g)].map(([, line]) => ({
    name,
    line: line!,
  })),
)

test.each(commands)('$name: turncoat $line is understood', async ({ line }) => {
  const ran = await turncoat(emptyFolder(), line.split(' '), searching())
  expect(ran.stderr).toBe('')
  expect([0, 1, 4]).toContain(ran.code)
})
