/** Shards are merged only if all that decides them is the same: the file, and what it imports in any of the usual ways. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { protocolFile } from '../../src/cli/files/protocol-files.ts'
import { emptyFolder } from '../cli/world.ts'

test.each([
  ["import { q } from './part.ts'", 'part.ts'],
  ["import { q } from './part.js'", 'part.ts'],
  ["export * from './part'", 'part.ts'],
  ["import './part.mjs'", 'part.mjs'],
  ["const part = await import('./part.ts')", 'part.ts'],
  ["const { q } = require('./part')", 'part.js'],
  ["const { q } = require('./part.cjs')", 'part.cjs'],
  ["const { q } = require('./part')", 'part.json'],
  ["import { q } from './part'", 'part/index.ts'],
])('%s, of %s', (text, part) => {
  const folder = emptyFolder()
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  const digests = ['1', '2', '1'].map((q) => {
    write('mine.ts', `${text}\nexport const protocol = q`)
    write(part, q)
    return protocolFile('mine.ts', folder).digest
  })
  expect(digests[1]).not.toBe(digests[0])
  expect(digests[2]).toBe(digests[0])
})
