import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HarnessError } from '../../model/index.ts'
import { packageFolder } from './package-folder.ts'

/** A script of the pages: one file in `dist/web`, without anything that is loaded from elsewhere. */
export async function webScript(name: 'viewer' | 'explorer' | 'engine'): Promise<string> {
  const path = join(packageFolder(), 'dist/web', `${name}.js`)
  return readFile(path, 'utf8').catch((error: Error) => {
    throw new HarnessError(`${path} cannot be read: ${error.message}; \`npm run build\` makes it`)
  })
}
