import { access, constants, stat } from 'node:fs/promises'
import { dirname, extname, relative, resolve } from 'node:path'
import { UsageError } from '../../model/index.ts'

/** Where traces go unless --out says otherwise: never among those that a repository keeps. */
export const DEFAULT_FOLDER = 'out/traces'

/** Is it the name of a file, and not of a folder? */
export function namesFile(out: string): boolean {
  return extname(out) === '.json'
}

/**
 * Asked before a search: can the trace be written where it is to go?
 * @throws UsageError if not; nothing is made
 */
export async function assertWritable(cwd: string, out = DEFAULT_FOLDER): Promise<void> {
  let folder = resolve(cwd, namesFile(out) ? dirname(out) : out)
  let found = await stat(folder).catch(() => undefined)
  while (!found && dirname(folder) !== folder) {
    folder = dirname(folder)
    found = await stat(folder).catch(() => undefined)
  }
  const refused = (why: string): UsageError =>
    new UsageError(`nothing can be written to ${out}: ${why}`, 'name another place with --out')
  if (!found?.isDirectory()) throw refused(`${shownPath(folder, cwd)} is not a folder`)
  await access(folder, constants.W_OK | constants.X_OK).catch((error: NodeJS.ErrnoException) => {
    // Somebody else has taken it away in the meantime: the one above it is asked.
    if (error.code === 'ENOENT') return assertWritable(cwd, out)
    throw refused(`${shownPath(folder, cwd) || 'the current folder'} may not be written to`)
  })
}

/** How a file is named to the user: from the current folder where it is inside it. */
export function shownPath(path: string, cwd: string): string {
  const near = relative(cwd, path)
  return near.startsWith('..') ? path : near
}
