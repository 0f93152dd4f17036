import { mkdir, rmdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and those above it. Node's own way of doing so never ends where the system denies that a folder exists
 * which is there, as it does in /proc.
 * @returns the first folder that had to be made, with which the others go, too; nothing if there was none
 * @throws the error of the file system, if it cannot be made; then those above it are gone again
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  const there = await stat(path).catch(() => undefined)
  if (there?.isDirectory()) return undefined
  const above = dirname(path)
  const first = above === path ? undefined : await makeFolder(above)
  try {
    await mkdir(path)
  } catch (error) {
    // Somebody else has made it in the meantime.
    const isThere = (await stat(path).catch(() => undefined))?.isDirectory() === true
    if (isThere) return first
    for (let at = above; first !== undefined && at.length >= first.length; at = dirname(at)) {
      await rmdir(at).catch(() => {})
    }
    throw error
  }
  return first ?? path
}
