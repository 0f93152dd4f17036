import { lstat, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UsageError } from '../../model/index.ts'
import { makeFolder } from './make-folder.ts'

/**
 * Fills a folder that is empty or not there yet: with all of the files, or with none.
 * @param shown how the user names it
 * @throws UsageError if something is there already, or if it cannot be written
 */
export async function fillFolder(
  folder: string,
  files: Readonly<Record<string, string>>,
  shown: string,
): Promise<void> {
  await assertEmpty(folder, shown)
  const made: string[] = []
  try {
    const first = await makeFolder(folder)
    if (first !== undefined) made.push(first)
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name)
      const above = await makeFolder(dirname(path))
      if (above !== undefined) made.push(above)
      // Whatever somebody else has put there in the meantime is left as it is.
      await writeFile(path, text, { flag: 'wx' })
      made.push(path)
    }
  } catch (error) {
    for (const path of made.reverse()) await rm(path, { recursive: true, force: true }).catch(() => {})
    throw new UsageError(`${shown} cannot be written: ${(error as Error).message}`, 'name another folder')
  }
}

async function assertEmpty(folder: string, shown: string): Promise<void> {
  const there = await lstat(folder).catch(() => undefined)
  if (there === undefined) return
  const remedy = 'name a folder that is empty, or not there yet: turncoat init my-protocol'
  const all = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOTDIR' ? 'is not a folder' : `cannot be read: ${error.message}`
    throw new UsageError(`${shown} ${what}`, remedy)
  })
  // A new repository is as good as empty.
  const inside = all.filter((name) => name !== '.git')
  if (inside.length > 0) throw new UsageError(`the folder ${shown} is not empty: there is ${inside[0]} in it`, remedy)
}
