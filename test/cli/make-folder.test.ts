import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../../src/cli/files/make-folder.ts'
import { emptyFolder } from './world.ts'

test('a folder is made with those above it, and the first of these is said', async () => {
  const folder = emptyFolder()
  expect(await makeFolder(join(folder, 'a/b/c'))).toBe(join(folder, 'a'))
  expect(await makeFolder(join(folder, 'a/b/c'))).toBeUndefined()
  const both = [makeFolder(join(folder, 'x/y')), makeFolder(join(folder, 'x/y'))]
  await Promise.all(both)
  expect(readdirSync(join(folder, 'x'))).toEqual(['y'])
})

test('what cannot be made leaves nothing', async () => {
  const folder = emptyFolder()
  writeFileSync(join(folder, 'file'), '')
  await expect(makeFolder(join(folder, 'file/a'))).rejects.toThrow(/EEXIST/)
  await expect(makeFolder(join(folder, 'new', 'n'.repeat(300)))).rejects.toThrow(/ENAMETOOLONG/)
  expect(readdirSync(folder)).toEqual(['file'])
})

// There, a recursive mkdir of Node goes on for ever.
test.runIf(existsSync('/proc/self'))('where no folder can be made, that is said', async () => {
  await expect(makeFolder('/proc/turncoat/a')).rejects.toThrow(/ENOENT/)
})
