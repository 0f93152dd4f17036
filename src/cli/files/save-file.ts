import { rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UsageError } from '../../model/index.ts'
import { makeFolder } from './make-folder.ts'

/**
 * Writes a file under another name first, so that it is never seen half written. It takes the place of a file only: not that of
 * a folder, and not that of a device, which would be gone.
 * @throws UsageError if it cannot be written
 */
export async function saveFile(path: string, contents: string | Uint8Array): Promise<void> {
  const there = await stat(path).catch(() => undefined)
  if (there && !there.isFile()) {
    throw new UsageError(`${path} is ${there.isDirectory() ? 'a folder' : 'no file'}`, 'name a file with --out')
  }
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`)
  try {
    await makeFolder(dirname(path))
    await writeFile(temporary, contents)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`, 'name another place with --out')
  }
}
